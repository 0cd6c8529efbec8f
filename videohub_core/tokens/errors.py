"""What tokens refuse."""

from __future__ import annotations

from videohub_core.shared.errors import Conflict, NotAllowed, NotFound, Unauthenticated


class InvalidRefreshToken(Unauthenticated):
    """The refresh token is unknown, expired, revoked, or was used before."""

    code = "invalid_refresh_token"
    title = "This refresh token is not valid any more. Sign in again."


class InsufficientScope(NotAllowed):
    """The personal token does not allow this; its owner would be allowed to."""

    code = "insufficient_scope"
    title = "This personal access token does not allow that."


class NotWithThisToken(NotAllowed):
    """Looking after an account takes its owner, not a program of theirs."""

    code = "not_with_this_token"
    title = "A personal access token cannot do this. Sign in."


class NoSuchToken(NotFound):
    """There is no personal token with this id, or none of the actor's."""

    code = "no_such_token"
    title = "There is no such token."


class TooManyTokens(Conflict):
    """The member has as many personal tokens as there may be."""

    code = "too_many_tokens"
    title = "You have as many access tokens as there may be. Delete one you do not need."

"""Who is asking: the one place that turns a credential into a user.

A browser's credential is the session cookie. Over TLS its name has the prefix
`__Host-`, which browsers tie to this very host; over plain HTTP, where that is not
possible, it has another name, and neither is read in the place of the other.

A program's is a bearer token (RFC 6750): a personal one, recognised by its prefix, an access
token of ours, or one that the identity provider made for this hub. A request that brings a
cookie too is the bearer's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from videohub_core.accounts.errors import AccountBanned, InvalidToken
from videohub_core.accounts.ports import SessionView, UserView
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.errors import NotAllowed, Unauthenticated
from videohub_core.tokens.entities import PERSONAL_PREFIX, Scope
from videohub_core.tokens.errors import InsufficientScope, NotWithThisToken

PERMISSIONS = (
    *("anyone", "public", "alive", "member", "upload", "account", "moderator", "admin"),
    *("sign_in", "sign_out", "recovery"),
)
"""What a route may declare. `upload` is `member`, and the scope of that name is enough for a
personal token. `account` is `member`, but for personal tokens: their owner looks
after the account. `public` is for everybody alike: no credential is looked at. `alive` is
`anyone` even while the database cannot say who that is; `sign_out` and `recovery` are for
what a banned member may still do, the latter with a mailed link."""

COOKIE_ONLY = ("sign_in", "sign_out", "recovery")
"""Permissions of routes that are about the session or that no credential matters to: another
credential than the cookie is not looked at."""

FOR_BANNED = ("sign_out", "recovery")
"""Permissions that a ban does not take away."""

FOR_STRANGERS = ("anyone", "public", "alive", *COOKIE_ONLY)
"""Permissions that need no credential."""

_ROLES = {"moderator": Role.MODERATOR, "admin": Role.ADMIN}
_SCOPES = {"moderator": Scope.MODERATE, "admin": Scope.MODERATE, "upload": Scope.UPLOAD}


@dataclass(frozen=True)
class Caller:
    """Whom a request comes from; `viewer` is None for a stranger."""

    viewer: UserView | None = None
    session: SessionView | None = None
    """Where the credential is the cookie."""
    token: str | None = None
    """The session's token, where the credential is the cookie."""
    scopes: frozenset[Scope] | None = None
    """What a personal token allows; None for whoever may do all that the member may."""
    is_bearer: bool = False
    stale_cookie: bool = False
    """Says that the cookie means nothing any more and is to be cleared."""

    @property
    def actor(self) -> Actor | None:
        """Return who asks, with what their role allows as far as their token does."""
        if self.viewer is None:
            return None
        if self.scopes is not None and Scope.MODERATE not in self.scopes:
            return Actor(self.viewer.id)
        return self.viewer.actor


def session_cookie(*, behind_tls: bool) -> str:
    """Return the name of the session cookie."""
    return "__Host-hub_session" if behind_tls else "hub_session"


def identify(container: Any, cookies: Mapping[str, str], authorization: str | None) -> Caller:
    """Return who sent the credentials; raise InvalidToken for a bearer that is none.

    A banned user is returned like any other: `authorise` refuses them.
    """
    if authorization is not None:
        return _bearer(container, authorization)
    token = cookies.get(session_cookie(behind_tls=container.settings().behind_tls))
    if not token:
        return Caller()
    session = container.read_session()(token=token)
    if session is None:
        return Caller(stale_cookie=True)
    return Caller(session.user, session, token)


def _bearer(container: Any, authorization: str) -> Caller:
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or not token.isascii():
        raise InvalidToken
    if token.startswith(PERSONAL_PREFIX):
        access = container.read_personal_token()(token=token)
        return Caller(access.user, scopes=access.scopes, is_bearer=True)
    return Caller(_owner(container, token), is_bearer=True)


def _owner(container: Any, token: str) -> UserView:
    try:
        owner: UserView = container.read_access_token()(token=token)
    except InvalidToken:
        # The two tell each other's apart by their issuers.
        owner = container.read_provider_token()(token=token)
    return owner


def authorise(caller: Caller, permission: str | None, scope: Scope = Scope.READ) -> None:
    """Raise unless the caller may use a route of that permission; none means nobody.

    `scope` is what a personal token has to allow besides.
    """
    viewer = caller.viewer
    if permission not in PERMISSIONS:
        raise NotAllowed
    if viewer is None:
        if permission not in FOR_STRANGERS:
            raise Unauthenticated
        return
    if viewer.is_banned and permission not in FOR_BANNED:
        raise AccountBanned(viewer.ban_reason, viewer.banned_until)
    if not viewer.role.includes(_ROLES.get(permission, Role.MEMBER)):
        raise NotAllowed
    if caller.scopes is not None:
        _check_scope(caller.scopes, permission, scope)


def _check_scope(scopes: frozenset[Scope], permission: str, scope: Scope) -> None:
    if permission == "account":
        raise NotWithThisToken
    needed = _SCOPES.get(permission, scope)
    if not any(held.allows(needed) for held in scopes):
        raise InsufficientScope(f"The scope {needed.value} is needed.")

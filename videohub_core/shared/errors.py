"""Families of errors; every area adds its own leaves.

An error says what is the case, with a stable `code` for programs and a `title`
for people. Entrypoints map families to what their protocol calls them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class DomainError(Exception):
    """Something the hub refuses or cannot do, in words a caller may read."""

    code: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail


class NotFound(DomainError):
    """The thing does not exist, or the actor may not know that it does."""

    code = "not_found"
    title = "There is nothing at this address."


class Unauthenticated(DomainError):
    """The act needs to know who acts."""

    code = "unauthenticated"
    title = "Sign in to do this."


class NotAllowed(DomainError):
    """The actor is known, the thing is visible, the act is not theirs to do."""

    code = "not_allowed"
    title = "You are not allowed to do this."


class Conflict(DomainError):
    """The act contradicts what is stored."""

    code = "conflict"
    title = "This contradicts what is already there."


class PreconditionFailed(DomainError):
    """The resource is not in the state that the actor has seen."""

    code = "precondition_failed"
    title = "This was changed meanwhile. Read it again before you change it."


class TooLarge(DomainError):
    """What was sent exceeds a limit."""

    code = "too_large"
    title = "This is larger than the hub accepts."


class UnsupportedMediaType(DomainError):
    """The body is of a type the operation does not read."""

    code = "unsupported_media_type"
    title = "The hub does not read a body of this media type here."


class Unavailable(DomainError):
    """A part the hub needs does not answer; the same call may work later."""

    code = "unavailable"
    title = "The hub cannot do this right now. Try again shortly."
    retry_after = 2
    """Seconds after which a caller should try again."""


class OutOfSpace(DomainError):
    """The store has no room left."""

    code = "insufficient_storage"
    title = "The hub has no room left to store this."


@dataclass(frozen=True)
class FieldError:
    """One wrong field: an RFC 6901 pointer into the input, a code, a sentence."""

    pointer: str
    code: str
    detail: str


class InvalidInput(DomainError):
    """The input breaks a rule; names every field that does."""

    code = "validation_failed"
    title = "Some of what was sent is not valid."

    def __init__(self, errors: Sequence[FieldError] = (), detail: str | None = None) -> None:
        super().__init__(detail)
        self.errors = tuple(errors)

"""Who is asking: the one place that turns a credential into a user.

A browser's credential is the session cookie. Over TLS its name has the prefix
`__Host-`, which browsers tie to this very host; over plain HTTP, where that is not
possible, it has another name, and neither is read in the place of the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from videohub_core.accounts.errors import AccountBanned, InvalidToken
from videohub_core.accounts.ports import SessionView, UserView
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.errors import NotAllowed, Unauthenticated

PERMISSIONS = (
    *("anyone", "alive", "member", "moderator", "admin"),
    *("sign_in", "sign_out", "recovery"),
)
"""What a route may declare. `alive` is `anyone` even while the database cannot say who that
is; `sign_out` and `recovery` are for what a banned member may still do, the latter with a
mailed link."""

COOKIE_ONLY = ("sign_in", "sign_out", "recovery")
"""Permissions of routes that are about the session or that no credential matters to: another
credential than the cookie is not looked at."""

FOR_BANNED = ("sign_out", "recovery")
"""Permissions that a ban does not take away."""

FOR_STRANGERS = ("anyone", "alive", *COOKIE_ONLY)
"""Permissions that need no credential."""


@dataclass(frozen=True)
class Caller:
    """Whom a request comes from; `session` is None for a stranger."""

    session: SessionView | None = None
    token: str | None = None
    """The session's token, where the credential is the cookie."""
    stale_cookie: bool = False
    """Says that the cookie means nothing any more and is to be cleared."""

    @property
    def viewer(self) -> UserView | None:
        return self.session.user if self.session else None

    @property
    def actor(self) -> Actor | None:
        return self.viewer.actor if self.viewer else None


def session_cookie(*, behind_tls: bool) -> str:
    """Return the name of the session cookie."""
    return "__Host-hub_session" if behind_tls else "hub_session"


def identify(container: Any, cookies: Mapping[str, str], authorization: str | None) -> Caller:
    """Return who sent the credentials; raise InvalidToken for a bearer that is none.

    A banned user is returned like any other: `authorise` refuses them.
    """
    if authorization is not None:
        raise InvalidToken
    token = cookies.get(session_cookie(behind_tls=container.settings().behind_tls))
    if not token:
        return Caller()
    session = container.read_session()(token=token)
    if session is None:
        return Caller(stale_cookie=True)
    return Caller(session, token)


def authorise(caller: Caller, permission: str | None) -> None:
    """Raise unless the caller may use a route of that permission; none means nobody."""
    viewer = caller.viewer
    if permission not in PERMISSIONS:
        raise NotAllowed
    if viewer is None:
        if permission not in FOR_STRANGERS:
            raise Unauthenticated
        return
    if viewer.is_banned and permission not in FOR_BANNED:
        raise AccountBanned
    needed = {"moderator": Role.MODERATOR, "admin": Role.ADMIN}.get(permission, Role.MEMBER)
    if not viewer.role.includes(needed):
        raise NotAllowed

"""Signing in through a provider in memory: its rows, and a provider to tell what to say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from videohub_core.accounts.errors import InvalidToken
from videohub_core.identity.entities import LOGIN_LASTS, AccountLink, Identity, LoginAttempt
from videohub_core.identity.errors import InvalidLogin, ProviderUnavailable
from videohub_core.identity.ports import AccessClaims, ProviderLogin

ISSUER = "https://login.example.test"


class FakeLoginAttempts:
    def __init__(self, rows: dict[str, LoginAttempt]) -> None:
        self._rows = rows

    def add(self, attempt: LoginAttempt) -> None:
        self._rows[attempt.state_hash] = attempt

    def take(self, state_hash: str, browser_hash: str) -> LoginAttempt | None:
        found = self._rows.get(state_hash)
        if found is None or found.browser_hash != browser_hash:
            return None
        return self._rows.pop(state_hash)

    def remove_expired(self, now: datetime) -> None:
        for attempt in list(self._rows.values()):
            if attempt.created <= now - LOGIN_LASTS:
                del self._rows[attempt.state_hash]


class FakeAccountLinks:
    def __init__(self, rows: dict[str, AccountLink]) -> None:
        self._rows = rows

    def add(self, link: AccountLink) -> None:
        self._rows[link.token_hash] = link

    def get(self, token_hash: str) -> AccountLink | None:
        return self._rows.get(token_hash)

    def take(self, token_hash: str) -> AccountLink | None:
        return self._rows.pop(token_hash, None)

    def remove_expired(self, now: datetime) -> None:
        for link in list(self._rows.values()):
            if link.created <= now - LOGIN_LASTS:
                del self._rows[link.token_hash]


class FakeProviderSessions:
    def __init__(self, rows: dict[str, bytes], sessions: Mapping[str, Any]) -> None:
        self._rows = rows
        self._sessions = sessions

    def add(self, token_hash: str, sealed: bytes) -> None:
        self._rows[token_hash] = sealed

    def get(self, token_hash: str) -> bytes | None:
        return self._rows.get(token_hash) if token_hash in self._sessions else None


class FakeSeal:
    """Readable to everybody, but only with its context."""

    def close(self, context: str, content: bytes) -> bytes:
        return context.encode() + b"\0" + content

    def open(self, context: str, sealed: bytes) -> bytes | None:
        kept, _, content = sealed.partition(b"\0")
        return content if kept == context.encode() else None


class FakeProvider:
    """A provider that knows whoever it is told of, by the code `CODE of SUB`."""

    def __init__(self) -> None:
        self.people: dict[str, Identity] = {}
        self.says_nothing_in_tokens = False
        self.is_down = False
        self.asked: list[str] = []
        self._nonces: dict[str, str] = {}

    def know(self, sub: str, **claims: Any) -> Identity:
        given = {"email": f"{sub}@example.test", "email_verified": True, "names": (sub,)}
        identity = Identity(issuer=ISSUER, sub=sub, **{**given, **claims})
        self.people[sub] = identity
        return identity

    def begin(self, *, state: str, nonce: str, verifier: str) -> str:
        self._check("begin")
        self._nonces[verifier] = nonce
        return f"{ISSUER}/authorize?state={state}"

    def finish(
        self, *, code: str, nonce: str, verifier: str, issuer: str | None
    ) -> ProviderLogin:
        self._check("finish")
        sub = code.removeprefix("code of ")
        right = issuer in (None, ISSUER) and self._nonces.get(verifier) == nonce
        if sub not in self.people or not right:
            raise InvalidLogin
        who = self.people[sub]
        if self.says_nothing_in_tokens:
            who = Identity(issuer=ISSUER, sub=sub)
        return ProviderLogin(who, f"id token of {sub}", f"token of {sub}")

    def userinfo(self, *, access_token: str, sub: str) -> Identity:
        self._check("userinfo")
        if access_token != f"token of {sub}" or sub not in self.people:
            raise InvalidToken
        return self.people[sub]

    def verify_access_token(self, token: str) -> AccessClaims:
        self._check("verify_access_token")
        sub = token.removeprefix("token of ")
        if sub not in self.people:
            raise InvalidToken
        return AccessClaims(ISSUER, sub, datetime(2026, 1, 2, tzinfo=UTC) + timedelta(1))

    def logout_url(self, *, id_token: str | None) -> str | None:
        self._check("logout_url")
        return f"{ISSUER}/logout?id_token_hint={id_token}"

    def _check(self, asked: str) -> None:
        self.asked.append(asked)
        if self.is_down:
            raise ProviderUnavailable

"""Access tokens that anybody could make, and keys that are none."""

from __future__ import annotations

from datetime import datetime
from itertools import count

from tests.fakes.simple import FakeClock
from videohub_core.accounts.errors import InvalidToken
from videohub_core.tokens.entities import SigningKey
from videohub_core.tokens.ports import AccessClaims


class FakeSigner:
    """`AccessTokens` that remembers what it gave out."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._given: dict[str, AccessClaims] = {}

    def sign(self, claims: AccessClaims) -> str:
        token = f"access.{len(self._given)}"
        self._given[token] = claims
        return token

    def verify(self, token: str) -> AccessClaims:
        claims = self._given.get(token)
        if claims is None or claims.expires_at <= self._clock.now():
            raise InvalidToken
        return claims


class FakeKeyMaker:
    """`KeyMaker` that counts."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def make(self, now: datetime) -> SigningKey:
        kid = f"key{next(self._numbers)}"
        public = {"kty": "RSA", "kid": kid}
        return SigningKey(kid=kid, private_key=b"sealed", public_key=public, created=now)

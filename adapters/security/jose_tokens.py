"""Access tokens as JWTs (RFC 9068), signed with RSA keys of the hub's own.

RS256, since tokens are verified far more often than signed, and RSA verifies in half the time
that elliptic curves take. A token that was verified is remembered until it ends: what may
change meanwhile, its family and its owner, is asked of the database each time.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from adapters.security.seal import Seal
from videohub_core.accounts.errors import InvalidToken
from videohub_core.shared.clock import Clock
from videohub_core.shared.errors import Unavailable
from videohub_core.shared.ids import FamilyId, Ids, UserId
from videohub_core.tokens.entities import SigningKey
from videohub_core.tokens.ports import AccessClaims, PublicKey, TokenReader

log = logging.getLogger(__name__)

ALGORITHM = "RS256"
TYPE = "at+jwt"
LEEWAY_SECONDS = 60
_BITS = 2048
_KEYS_SECONDS = 60.0
_LOOK_AGAIN_SECONDS = 1.0
_REMEMBERED_MOST = 10_000
_TOKEN_MOST = 4096


class RsaKeyMaker:
    """`KeyMaker` of RSA keys."""

    def __init__(self, seal: Seal, ids: Ids) -> None:
        self._seal = seal
        self._ids = ids

    def make(self, now: datetime) -> SigningKey:
        kid = self._ids.new()
        key = RSAKey.generate_key(_BITS)
        public = {k: str(v) for k, v in key.as_dict(private=False).items() if k != "kid"}
        return SigningKey(
            kid=kid,
            private_key=self._seal.close(_context(kid), key.as_pem(private=True)),
            public_key={**public, "kid": kid, "use": "sig", "alg": ALGORITHM},
            created=now,
        )


class JoseAccessTokens:
    """`AccessTokens` by the keys in the database; several processes share them."""

    def __init__(
        self,
        reader: TokenReader,
        seal: Seal,
        issuer: str,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reader = reader
        self._seal = seal
        self._issuer = issuer
        self._clock = clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._public: Mapping[str, RSAKey] = {}
        self._signer: tuple[str, RSAKey] | None = None
        self._remembered: dict[str, AccessClaims] = {}
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(self._clock.now().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": issuer},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            sid={"essential": True},
        )

    def sign(self, claims: AccessClaims) -> str:
        self._refresh(_KEYS_SECONDS)
        if self._signer is None:
            raise Unavailable("There is no key to sign access tokens with.")
        kid, key = self._signer
        payload = {
            "iss": self._issuer,
            "aud": self._issuer,
            "sub": claims.user_id,
            "sid": claims.family_id,
            "iat": int(self._clock.now().timestamp()),
            "exp": int(claims.expires_at.timestamp()),
        }
        header = {"alg": ALGORITHM, "kid": kid, "typ": TYPE}
        return jwt.encode(header, payload, key, algorithms=[ALGORITHM])

    def verify(self, token: str) -> AccessClaims:
        self._refresh(_KEYS_SECONDS)
        known = self._remembered.get(token)
        if known is None:
            known = self._read(token)
            if len(self._remembered) >= _REMEMBERED_MOST:
                # Most of them have ended; the others are verified again.
                self._remembered = {}
            self._remembered[token] = known
        elif known.expires_at.timestamp() + LEEWAY_SECONDS <= self._clock.now().timestamp():
            self._remembered.pop(token, None)
            raise InvalidToken
        return known

    def _read(self, token: str) -> AccessClaims:
        if len(token) > _TOKEN_MOST:
            raise InvalidToken
        try:
            found = jwt.decode(token, self._key_of, algorithms=[ALGORITHM])
            if found.header.get("typ") != TYPE:
                raise InvalidToken
            self._claims.validate(found.claims)
        except (JoseError, ValueError, TypeError) as error:
            raise InvalidToken from error
        claims = found.claims
        user_id, family_id = claims["sub"], claims["sid"]
        if not isinstance(user_id, str) or not isinstance(family_id, str):
            raise InvalidToken
        ends = datetime.fromtimestamp(claims["exp"], UTC)
        return AccessClaims(UserId(user_id), FamilyId(family_id), ends)

    def _key_of(self, token: Any) -> RSAKey:
        """Return the key that a header names; raise ValueError for one that nobody knows."""
        kid = token.headers().get("kid")
        if kid not in self._public:
            # Another process may have made one since.
            self._refresh(_LOOK_AGAIN_SECONDS)
        if kid not in self._public:
            raise ValueError("This is none of our keys.")
        return self._public[kid]

    def _refresh(self, seconds: float) -> None:
        """Read the keys again if that was longer ago."""
        with self._lock:
            if self._monotonic() - self._read_at < seconds:
                return
            now = self._clock.now()
            keys = [key for key in self._reader.public_keys() if key.is_good_at(now)]
            public = {key.kid: RSAKey.import_key(dict(key.jwk)) for key in keys}
            if not public.keys() >= self._public.keys():
                # What a key signed that is good no more is not good either.
                self._remembered = {}
            self._public = public
            self._signer = self._private(keys)
            self._read_at = self._monotonic()

    def _private(self, keys: Any) -> tuple[str, RSAKey] | None:
        newest: PublicKey | None = next((k for k in keys if k.retired_at is None), None)
        if newest is None:
            return None
        if self._signer is not None and self._signer[0] == newest.kid:
            return self._signer
        sealed = self._reader.private_key(newest.kid)
        pem = None if sealed is None else self._seal.open(_context(newest.kid), sealed)
        if pem is None:
            log.error("the signing key needs another secret: `videohub keys rotate` makes one")
            return None
        return newest.kid, RSAKey.import_key(pem)


def _context(kid: str) -> str:
    return f"signing key {kid}"

"""Tokens that the provider signed, checked by joserfc (RFC 7519, RFC 8725, RFC 9068)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from joserfc import jws, jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import Key

from adapters.identity.keys import SigningKeys, UnknownKey
from videohub_core.shared.clock import Clock

LEEWAY_SECONDS = 60
TOKEN_MOST = 64 << 10
SUB_MOST = 255

_PARTS = 3
_ACCESS_TYPES = ("at+jwt", "application/at+jwt", "jwt")
_HASHES = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}


class BadToken(Exception):
    """The token is not to be believed; says why, without what is in it."""


class TokenReader:
    """Reads the tokens of one provider; every claim it returns is checked."""

    def __init__(self, keys: SigningKeys, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock

    def id_token(
        self,
        token: str,
        *,
        issuer: str,
        client_id: str,
        nonce: str,
        access_token: str | None,
        algorithms: Collection[str],
    ) -> Mapping[str, Any]:
        """Return the claims of an id_token (OpenID Connect Core 1.0, 3.1.3.7).

        Raise BadToken, or NoAnswer if the keys cannot be had.
        """
        read = self._read(token, issuer, client_id, algorithms, {"iat"})
        claims = read.claims
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else client_id) != client_id:
            raise BadToken("azp")
        if not _same(claims.get("nonce"), nonce):
            raise BadToken("nonce")
        if "at_hash" in claims:
            expected = _left_half(access_token or "", read.header["alg"])
            if not _same(claims["at_hash"], expected):
                raise BadToken("at_hash")
        return claims

    def access_token(
        self, token: str, *, issuer: str, audience: str, algorithms: Collection[str]
    ) -> Mapping[str, Any]:
        """Return the claims of an access token for the audience (RFC 9068).

        Raise BadToken, or NoAnswer if the keys cannot be had.
        """
        read = self._read(token, issuer, audience, algorithms, set())
        if str(read.header.get("typ")).lower() not in _ACCESS_TYPES:
            raise BadToken("typ")
        if "nonce" in read.claims or "at_hash" in read.claims:
            raise BadToken("an id_token")
        return read.claims

    def _read(
        self,
        token: str,
        issuer: str,
        audience: str,
        algorithms: Collection[str],
        needed: Collection[str],
    ) -> jwt.Token:
        if len(token) > TOKEN_MOST or token.count(".") != _PARTS - 1:
            raise BadToken("no signed token")
        registry = _Pinned(algorithms=algorithms, strict_check_header=False)
        rules: dict[str, jwt.ClaimsOption] = {
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": audience},
            **{name: {"essential": True} for name in ("sub", "exp", *needed)},
        }
        now = int(self._clock.now().timestamp())
        try:
            # decode() looks at the signature alone, validate() at the claims.
            read = jwt.decode(token, self._key_of, registry=registry)
            jwt.JWTClaimsRegistry(now=now, leeway=LEEWAY_SECONDS, **rules).validate(read.claims)
        except UnknownKey:
            raise BadToken("a key that the provider does not have") from None
        except (JoseError, ValueError, TypeError, RecursionError) as error:
            raise BadToken(type(error).__name__) from error
        if not _is_sub(read.claims["sub"]):
            raise BadToken("sub")
        return read

    def _key_of(self, token: Any) -> Key:
        header = token.headers()
        kid = header.get("kid")
        if kid is not None and not isinstance(kid, str):
            raise UnknownKey
        return self._keys.find(kid, header["alg"])


class _Pinned(jws.JWSRegistry):
    """Knows the algorithms it is given, be it none, and warns of none of them."""

    max_header_length = 4096

    def get_alg(self, name: Any) -> Any:
        if not isinstance(name, str) or name not in (self.allowed or ()):
            raise UnsupportedAlgorithmError("this algorithm is not allowed")
        return self.algorithms[name]


def claimed(token: str) -> Mapping[str, Any]:
    """Return what a token says of itself, unchecked; nothing if it is no signed token."""
    parts = token.split(".")
    if len(parts) != _PARTS or len(token) > TOKEN_MOST:
        return {}
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        claims = orjson.loads(base64.urlsafe_b64decode(padded))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}


def time_of(number: float) -> datetime:
    """Return a NumericDate as a time, the last one there is for what lies beyond it."""
    try:
        return datetime.fromtimestamp(number, UTC)
    except (OverflowError, OSError, ValueError):
        return datetime.max.replace(tzinfo=UTC)


def _is_sub(sub: object) -> bool:
    # ASCII, and no longer than that, by the standard; control characters are no one's.
    return isinstance(sub, str) and 0 < len(sub) <= SUB_MOST and sub.isprintable()


def _left_half(access_token: str, algorithm: str) -> str:
    """Return the hash by which an id_token names the access token beside it."""
    made = _HASHES.get(algorithm[-3:], hashlib.sha512)
    digest = made(access_token.encode("utf-8", "surrogatepass")).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).decode().rstrip("=")


def _same(said: object, expected: str) -> bool:
    if not isinstance(said, str):
        return False
    return hmac.compare_digest(said.encode("utf-8", "surrogatepass"), expected.encode())

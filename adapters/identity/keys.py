"""The provider's public keys (RFC 7517)."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from adapters.identity.door import Door, NoAnswer
from adapters.identity.kept import Kept

REFETCH_SECONDS = 10.0
"""How young the keys are when an unknown one is not worth asking for."""

RSA_BITS = range(2048, 8193)
_KEYS_MOST = 100
_KINDS: Mapping[str, type[RSAKey | ECKey | OKPKey]] = {
    "RSA": RSAKey,
    "EC": ECKey,
    "OKP": OKPKey,
}
_SIGNED_BY = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
_OK = 200


class UnknownKey(Exception):
    """The provider has no key of that name for that algorithm."""


@dataclass(frozen=True)
class PublicKey:
    """A key that may have signed."""

    kid: str | None
    kind: str
    algorithm: str | None
    """The only algorithm it is for, if it says so."""
    key: Key

    def fits(self, kid: str | None, algorithm: str) -> bool:
        return (
            kid in (None, self.kid)
            and self.kind == _SIGNED_BY.get(algorithm[:2])
            and self.algorithm in (None, algorithm)
        )


class SigningKeys:
    """The keys of one provider, fetched when they are needed."""

    def __init__(self, kept: Kept[Sequence[PublicKey]]) -> None:
        self._kept = kept

    def find(self, kid: str | None, algorithm: str) -> Key:
        """Return the key that signed; raise UnknownKey or NoAnswer.

        A key that is unknown may be new: the provider is asked once more, unless it was
        just now.
        """
        found = _fitting(self._kept.get(), kid, algorithm)
        if found is None:
            found = _fitting(self._kept.get(REFETCH_SECONDS), kid, algorithm)
        if found is None:
            raise UnknownKey
        return found


def fetch_keys(door: Door, jwks_uri: str) -> Sequence[PublicKey]:
    """Ask a provider for its keys; raise NoAnswer."""
    status, document = door.get(jwks_uri)
    if status != _OK:
        raise NoAnswer(f"HTTP {status} for the keys")
    return read_keys(document)


def read_keys(document: Mapping[str, Any]) -> Sequence[PublicKey]:
    """Return the keys of a JWKS that can have signed a token; raise NoAnswer for none.

    What is for something else, weak, secret or unreadable is passed over.
    """
    entries = document.get("keys")
    if not isinstance(entries, list):
        raise NoAnswer("the keys of the provider are no JWKS")
    found = [key for entry in entries[:_KEYS_MOST] if (key := _public_key(entry))]
    if not found:
        raise NoAnswer("the provider has no key that the hub can use")
    return found


def _public_key(entry: Any) -> PublicKey | None:
    if not isinstance(entry, dict) or entry.get("use", "sig") != "sig":
        return None
    kind = entry.get("kty")
    if not isinstance(kind, str) or kind not in _KINDS:
        return None
    parts = {name: entry[name] for name in ("kty", "n", "e", "crv", "x", "y") if name in entry}
    try:
        if kind == "RSA" and _bits(parts["n"]) not in RSA_BITS:
            return None
        key = _KINDS[kind].import_key(parts)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    kid, algorithm = entry.get("kid"), entry.get("alg")
    return PublicKey(
        kid=kid if isinstance(kid, str) else None,
        kind=kind,
        algorithm=algorithm if isinstance(algorithm, str) else None,
        key=key,
    )


def _bits(number: str) -> int:
    padded = number + "=" * (-len(number) % 4)
    return int.from_bytes(base64.urlsafe_b64decode(padded), "big").bit_length()


def _fitting(keys: Sequence[PublicKey], kid: str | None, algorithm: str) -> Key | None:
    fitting = [known.key for known in keys if known.fits(kid, algorithm)]
    # Without a name it has to be clear which one is meant (OpenID Connect Core, 10.1).
    return fitting[0] if len(fitting) == 1 or (fitting and kid is not None) else None

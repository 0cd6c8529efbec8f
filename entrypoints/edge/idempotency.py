"""The Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

import orjson

from videohub_core.shared.errors import FieldError, InvalidInput
from videohub_core.shared.idempotency import KEY_MOST, IdempotencyKey
from videohub_core.shared.text import text_error

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"

_KEPT_HEADERS = frozenset({"content-type", "etag", "location", "set-cookie"})


@dataclass(frozen=True)
class KeptAnswer:
    """An answer as it was sent: what a repeated request gets again."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @classmethod
    def of(cls, status: int, headers: Iterable[tuple[str, str]], body: bytes) -> Self:
        """Return what is kept of an answer; the edge adds the other headers anew."""
        kept = tuple((k, v) for k, v in headers if k.lower() in _KEPT_HEADERS)
        return cls(status, kept, body)

    def encode(self) -> bytes:
        return orjson.dumps(
            [self.status, self.headers, base64.b64encode(self.body).decode("ascii")]
        )

    @classmethod
    def decode(cls, data: bytes) -> Self:
        status, headers, body = orjson.loads(data)
        return cls(status, tuple((k, v) for k, v in headers), base64.b64decode(body))


def body_digest(secret: bytes) -> hmac.HMAC:
    """Return what a body is hashed with: keyed, since bodies hold passwords."""
    return hmac.new(secret, b"idempotency ", hashlib.sha256)


def idempotency_key(
    headers: Mapping[str, str], *, scope: str, operation: str, digest: str
) -> IdempotencyKey | None:
    """Return the key that was sent, or None; raise InvalidInput for one that is none."""
    key = headers.get(HEADER)
    if key is None:
        return None
    error = text_error("", key, least=1, most=KEY_MOST, one_line=True)
    if error is not None:
        raise InvalidInput([FieldError("", error.code, f"{HEADER}: {error.detail}")])
    # A scope may be a secret, such as a cookie: what is stored of it tells nothing.
    hashed = hashlib.sha256(scope.encode("utf-8", "surrogatepass")).hexdigest()
    return IdempotencyKey(hashed, operation, key, digest)

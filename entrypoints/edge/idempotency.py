"""The Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from videohub_core.shared.errors import FieldError, InvalidInput
from videohub_core.shared.idempotency import KEY_MOST, IdempotencyKey
from videohub_core.shared.text import text_error

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"


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
    return IdempotencyKey(hashlib.sha256(scope.encode()).hexdigest(), operation, key, digest)

"""The hub's own secret, in a file that only its user can read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

_LEAST = 32


def read_secret(path: Path) -> bytes:
    """Return the secret; the first start makes it, and two at once agree on one.

    Raise ValueError for a file that is too short to be a secret.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        made = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_hex(_LEAST).encode())
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link fails if another process was first, where a rename would not.
            os.link(made, path)
        except FileExistsError:
            pass
        finally:
            made.unlink()
    secret = path.read_bytes().strip()
    if len(secret) < _LEAST:
        raise ValueError(f"{path} holds no secret: it needs at least {_LEAST} bytes.")
    return secret

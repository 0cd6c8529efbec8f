"""Static files under an address that changes with their content."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pyramid.events import NewResponse

STATIC = Path(__file__).parent / "static"


def static_digest(folder: Path = STATIC) -> str:
    """Return a digest over the names and the bytes of every file of the folder.

    One digest for all of them, since modules and style sheets name each other by
    relative addresses: a change of one must change the address of all.
    """
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


class ImmutableAssets:
    """Lets browsers keep what is served below the prefix without ever asking again."""

    MAX_AGE = 365 * 24 * 3600

    def __init__(self, prefix: str) -> None:
        self._prefix = f"/{prefix}/"

    def __call__(self, event: NewResponse) -> None:
        found = event.response.status_int in (200, 304)
        if found and event.request.path_info.startswith(self._prefix):
            event.response.headers["Cache-Control"] = (
                f"public, max-age={self.MAX_AGE}, immutable"
            )

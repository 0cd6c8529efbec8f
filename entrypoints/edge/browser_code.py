"""Others' code for the browser: npm installs it, it is never copied in.

Of what is installed only these files are served. The pages do without those that are missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

INSTALLED = Path(__file__).parents[2] / "node_modules"
FILES = {
    "tus.min.js": "tus-js-client/dist/tus.min.js",
    # The light build plays no sound that is apart from the pictures.
    "hls.min.mjs": "hls.js/dist/hls.min.mjs",
}
"""Under which name which file is served."""


def missing(folder: Path = INSTALLED) -> list[str]:
    """Return the packages that a file is missing of."""
    wanted = {
        path.partition("/")[0] for path in FILES.values() if not (folder / path).is_file()
    }
    return sorted(wanted)


class BrowserCode:
    """The files that are there, as they were when the hub started."""

    def __init__(self, folder: Path = INSTALLED) -> None:
        self.files: Mapping[str, bytes] = {
            name: (folder / path).read_bytes()
            for name, path in FILES.items()
            if (folder / path).is_file()
        }
        parts = (f"{name}\0{len(data)}\0".encode() + data for name, data in self.files.items())
        self.digest = hashlib.sha256(b"".join(parts)).hexdigest()[:16]

"""The folders that jobs make their files in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from videohub_core.videos.ports import WorkFolder


class LocalWorkFolders:
    """`WorkFolders` below one folder of this machine."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def all(self) -> Iterator[WorkFolder]:
        if not self._root.is_dir():
            return
        for folder in self._root.iterdir():
            try:
                found = [path.lstat() for path in (folder, *folder.rglob("*"))]
            except FileNotFoundError:
                # Its job ended while it was looked at.
                continue
            # An original that was lent is as old as its upload, and its name is counted
            # elsewhere; what is made here is only named here.
            own = sum(file.st_size for file in found[1:] if file.st_nlink == 1)
            modified = datetime.fromtimestamp(max(file.st_mtime for file in found), UTC)
            yield WorkFolder(folder.name, own, modified)

    def remove(self, job: str) -> None:
        shutil.rmtree(self._root / job, ignore_errors=True)

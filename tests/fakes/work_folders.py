"""Folders of jobs that are only told of."""

from __future__ import annotations

from videohub_core.videos.ports import WorkFolder


class FakeWorkFolders:
    """`WorkFolders` over a list."""

    def __init__(self) -> None:
        self.folders: list[WorkFolder] = []

    def all(self) -> list[WorkFolder]:
        return list(self.folders)

    def remove(self, job: str) -> None:
        self.folders = [folder for folder in self.folders if folder.job != job]

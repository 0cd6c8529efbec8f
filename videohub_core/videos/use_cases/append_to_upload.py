"""Receive bytes of a file."""

from __future__ import annotations

from videohub_core.shared.ids import UploadId
from videohub_core.videos.ports import UploadStore


class AppendToUpload:
    """Write bytes at the end of an upload that the caller started.

    It asks no actor and no database: it is called once a block, for an upload whose
    owner was checked when the request began.
    """

    def __init__(self, store: UploadStore) -> None:
        self._store = store

    def __call__(self, *, upload_id: UploadId, offset: int, data: bytes) -> int:
        """Return the new offset; raise WrongOffset or OutOfSpace."""
        return self._store.append(upload_id, offset, data)

    def hold(self, *, upload_id: UploadId, data: bytes) -> None:
        """Keep bytes apart until it is known that they are the right ones."""
        self._store.hold(upload_id, data)

    def accept(self, *, upload_id: UploadId, offset: int) -> int:
        """Append what was kept apart and return the new offset."""
        return self._store.accept(upload_id, offset)

    def drop(self, *, upload_id: UploadId) -> None:
        """Forget what was kept apart."""
        self._store.drop(upload_id)

"""A maker of posters that looks at the first bytes only."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from videohub_core.videos.entities import MediaKey
from videohub_core.videos.errors import NoSuchMedia, PictureRefused

JPEG = b"\xff\xd8\xff a poster"


class FakePosterMaker:
    """`PosterMaker` for the videos that it is told of."""

    def __init__(self, *videos: MediaKey) -> None:
        self.videos = set(videos)

    @contextmanager
    def of_frame(self, videos: Sequence[MediaKey], at: float) -> Iterator[Path]:
        if not self.videos.issuperset(videos):
            raise NoSuchMedia
        with _file(JPEG + f" at {at}".encode()) as made:
            yield made

    @contextmanager
    def of_picture(self, picture: bytes) -> Iterator[Path]:
        if not picture.startswith((b"\xff\xd8\xff", b"\x89PNG", b"RIFF")):
            raise PictureRefused("not_a_picture")
        with _file(JPEG) as made:
            yield made


@contextmanager
def _file(data: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "poster.jpg"
        made.write_bytes(data)
        yield made

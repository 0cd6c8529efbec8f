"""What every maker of posters promises, and what the one in a child makes of odd pictures."""

from __future__ import annotations

import io
import struct
import threading
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from adapters.media.local_files import LocalMediaStore
from adapters.media.posters import ChildProcessPosters
from tests.fakes.posters import FakePosterMaker
from tests.samples import make_clip
from tests.waiting import eventually
from videohub_core.shared.errors import Unavailable
from videohub_core.videos.entities import MediaKey
from videohub_core.videos.errors import NoSuchMedia, PictureRefused
from videohub_core.videos.ports import PosterMaker

CLIP = MediaKey("clip.mp4")
RED, BLUE = (254, 0, 0), (0, 0, 254)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One second of red, then one of blue, from one key picture."""
    folder = tmp_path_factory.mktemp("clips")
    picture = ",drawbox=c=red:t=fill:enable='lt(t,1)',drawbox=c=blue:t=fill:enable='gte(t,1)'"
    make_clip(folder / CLIP, seconds=2, picture=picture, options=("-g", "1000"))
    return folder


def fake(_work_folder: Path, _clips: Path) -> PosterMaker:
    return FakePosterMaker(CLIP)


def child_process(work_folder: Path, clips: Path) -> PosterMaker:
    return ChildProcessPosters(work_folder, LocalMediaStore(clips))


@pytest.fixture(params=[fake, child_process])
def maker(request: pytest.FixtureRequest, tmp_path: Path, clips: Path) -> PosterMaker:
    make: Callable[[Path, Path], PosterMaker] = request.param
    return make(tmp_path / "work", clips)


@pytest.fixture
def child(tmp_path: Path, clips: Path) -> PosterMaker:
    return child_process(tmp_path / "work", clips)


def picture(kind: str, size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, RED).save(made, kind, **options)
    return made.getvalue()


def poster_of(maker: PosterMaker, data: bytes) -> Image.Image:
    with maker.of_picture(data) as made:
        return Image.open(io.BytesIO(made.read_bytes()))


def close(found: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(found, tuple)
    return all(abs(a - b) < 40 for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_a_jpeg(maker: PosterMaker, kind: str) -> None:
    with maker.of_picture(picture(kind)) as made:
        assert made.read_bytes().startswith(b"\xff\xd8\xff")
    assert not made.exists()


def test_a_frame_becomes_a_jpeg(maker: PosterMaker) -> None:
    with maker.of_frame([CLIP], 0.5) as made:
        assert made.read_bytes().startswith(b"\xff\xd8\xff")
    assert not made.exists()


def test_what_is_no_picture_is_refused(maker: PosterMaker) -> None:
    for data in (b"", b"Once upon a time", b"<svg xmlns='http://www.w3.org/2000/svg'/>"):
        with pytest.raises(PictureRefused), maker.of_picture(data):
            pass


def test_there_is_no_frame_of_no_video(maker: PosterMaker) -> None:
    with pytest.raises(NoSuchMedia), maker.of_frame([MediaKey("no.mp4")], 0.0):
        pass


@pytest.mark.parametrize(("at", "colour"), [(0.0, RED), (0.9, RED), (1.1, BLUE), (1.99, BLUE)])
def test_the_frame_is_the_one_that_is_shown_then(
    child: PosterMaker, at: float, colour: tuple[int, int, int]
) -> None:
    with child.of_frame([CLIP], at) as made:
        shown = Image.open(made)
        assert shown.size == (320, 180)
        assert close(shown.getpixel((160, 90)), colour)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_poster_is_small_and_says_nothing_of_its_picture(
    child: PosterMaker, kind: str
) -> None:
    exif = Image.Exif()
    exif[0x010F] = "The maker of the camera"
    data = picture(kind, (3000, 1500), exif=exif.tobytes())
    assert b"camera" in data
    with child.of_picture(data) as made:
        written = made.read_bytes()
    poster = Image.open(io.BytesIO(written))
    assert poster.format == "JPEG"
    assert poster.size == (1280, 640)
    assert close(poster.getpixel((640, 320)), RED)
    assert b"camera" not in written


def test_a_picture_is_turned_as_its_camera_was(child: PosterMaker) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert poster_of(child, picture("JPEG", (40, 30), exif=exif.tobytes())).size == (30, 40)


def test_the_type_is_that_of_the_content(child: PosterMaker) -> None:
    for data in (picture("GIF"), picture("BMP"), picture("TIFF")):
        with pytest.raises(PictureRefused) as refused, child.of_picture(data):
            pass
        assert refused.value.errors[0].code == "not_a_picture"


def one_colour_png(side: int) -> bytes:
    """Return a few kilobytes that unfold into a picture of that many pixels squared."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    packer = zlib.compressobj(9)
    line = bytes(1 + side // 8)
    rows = b"".join(packer.compress(line) for _ in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "data",
    [
        one_colour_png(20_000),
        picture("PNG")[:60],
        picture("JPEG")[:100],
        b"\x89PNG\r\n\x1a\n" + bytes(1000),
        b"RIFF\xff\xff\xff\xffWEBPVP8X" + bytes(100),
    ],
    ids=["bomb", "cut png", "cut jpeg", "zeros", "webp of nothing"],
)
def test_a_picture_that_is_too_large_or_damaged_is_refused(
    child: PosterMaker, data: bytes
) -> None:
    with pytest.raises(PictureRefused) as refused, child.of_picture(data):
        pass
    assert refused.value.errors[0].code == "unreadable_picture"


def test_a_picture_of_a_good_phone_will_do(child: PosterMaker) -> None:
    assert poster_of(child, one_colour_png(7992)).size == (1280, 1280)


def test_only_so_many_are_made_at_once(tmp_path: Path, clips: Path) -> None:
    maker = ChildProcessPosters(tmp_path, LocalMediaStore(clips), at_once=1, wait_most=0.0)
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with maker.of_frame([CLIP], 0.0):
            inside.set()
            leave.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    assert inside.wait(30)
    with pytest.raises(Unavailable), maker.of_frame([CLIP], 0.0):
        pass
    leave.set()
    holder.join()
    with maker.of_frame([CLIP], 0.0) as made:
        assert made.exists()


def test_few_wait_and_the_others_are_told_so_at_once(tmp_path: Path, clips: Path) -> None:
    maker = ChildProcessPosters(
        tmp_path, LocalMediaStore(clips), at_once=1, waiting_most=1, wait_most=30.0
    )
    inside, leave = threading.Event(), threading.Event()
    told: list[Unavailable] = []

    def hold() -> None:
        try:
            with maker.of_frame([CLIP], 0.0):
                inside.set()
                leave.wait(30)
        except Unavailable as error:
            told.append(error)

    members = [threading.Thread(target=hold) for _ in range(5)]
    for member in members:
        member.start()
    assert inside.wait(30)
    eventually(lambda: len(told) == 3)
    leave.set()
    for member in members:
        member.join()
    assert len(told) == 3


class Far(LocalMediaStore):
    """A store elsewhere, whose files have the sizes that they are said to have."""

    def __init__(self, root: Path, sizes: dict[MediaKey, int]) -> None:
        super().__init__(root)
        self.sizes = sizes

    def fetch(self, key: MediaKey, to: Path, *, size_most: int) -> bool:
        if self.sizes[key] > size_most:
            return False
        return super().fetch(key, to, size_most=size_most)


@pytest.mark.parametrize(
    ("sizes", "colour"),
    [((1 << 20, 1 << 20), RED), ((600 << 20, 1 << 20), BLUE), ((300 << 20, 200 << 20), BLUE)],
)
def test_a_frame_is_of_a_file_that_can_be_had_while_somebody_waits(
    tmp_path: Path, clips: Path, sizes: tuple[int, int], colour: tuple[int, int, int]
) -> None:
    small = MediaKey("small.mp4")
    if not (clips / small).exists():
        make_clip(clips / small, seconds=2, picture=",drawbox=c=blue:t=fill")
    store = Far(clips, dict(zip((CLIP, small), sizes, strict=True)))
    with ChildProcessPosters(tmp_path, store).of_frame([CLIP, small], 0.5) as made:
        assert close(Image.open(made).getpixel((160, 90)), colour)


def test_a_video_that_is_too_large_to_be_fetched_is_not(tmp_path: Path, clips: Path) -> None:
    maker = ChildProcessPosters(tmp_path, Far(clips, {CLIP: 600 << 20}))
    with pytest.raises(Unavailable, match="too large"), maker.of_frame([CLIP], 0.5):
        pass
    assert list(tmp_path.iterdir()) == []

"""Every kind of file becomes one that browsers play, or is refused in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import pytest

from adapters.media import ffmpeg as ffmpeg_module
from adapters.media.recipe import Recipe, fit
from tests.integration.media_files import boxes, decode
from tests.samples import cut, difference, encode, ffmpeg, look

QUIET = ("-x265-params", "log-level=none")
PLAIN = ("-pix_fmt", "yuv420p")
VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "16")
VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", *PLAIN)
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "2")
HEVC = ("-c:v", "libx265", "-preset", "ultrafast", *QUIET)

ENCODED = {
    "vp9-opus.webm": [*VP9, "-c:a", "libopus"],
    "vp8-vorbis.webm": [*VP8, *PLAIN, "-c:a", "libvorbis"],
    "av1-opus.mkv": ["-c:v", "libsvtav1", "-preset", "12", *PLAIN, "-c:a", "libopus"],
    "hevc-aac.mov": [*HEVC, *PLAIN, "-tag:v", "hvc1", "-c:a", "aac"],
    "hevc-10-bits.mp4": [*HEVC, "-pix_fmt", "yuv420p10le", "-c:a", "aac"],
    "h264-10-bits.mp4": [*H264, "-pix_fmt", "yuv420p10le", "-c:a", "aac"],
    "h264-422.mp4": [*H264, "-pix_fmt", "yuv422p", "-c:a", "aac"],
    "h264-444.mp4": [*H264, "-pix_fmt", "yuv444p", "-c:a", "aac"],
    "h264-rgb.mkv": ["-c:v", "libx264rgb", "-preset", "ultrafast", "-c:a", "aac"],
    "h264-pcm.avi": [*H264, *PLAIN, "-c:a", "pcm_s16le"],
    "h264-aac.ts": [*H264, *PLAIN, "-c:a", "aac"],
    "mpeg4-mp3.avi": ["-c:v", "mpeg4", "-q:v", "3", *PLAIN, "-c:a", "libmp3lame"],
    "mpeg2-mp2.mpg": ["-c:v", "mpeg2video", "-q:v", "3", *PLAIN, "-c:a", "mp2"],
    "mpeg2-ac3.ts": ["-c:v", "mpeg2video", "-q:v", "3", *PLAIN, "-c:a", "ac3"],
    "mjpeg-pcm.mov": ["-c:v", "mjpeg", "-q:v", "3", "-c:a", "pcm_s16le"],
    "prores-pcm.mov": ["-c:v", "prores_ks", "-profile:v", "4", "-c:a", "pcm_s24le"],
    "flv1-mp3.flv": ["-c:v", "flv", "-q:v", "3", *PLAIN, "-c:a", "libmp3lame"],
    "wmv2-wma.wmv": ["-c:v", "wmv2", "-q:v", "3", *PLAIN, "-c:a", "wmav2"],
    "theora-vorbis.ogv": ["-c:v", "libtheora", "-q:v", "8", *PLAIN, "-c:a", "libvorbis"],
}


def streams(path: Path) -> list[Any]:
    with av.open(str(path)) as container:
        return [
            (
                stream.codec_context.codec.canonical_name,
                stream.codec_context.pix_fmt
                if stream.type == "video"
                else (stream.codec_context.rate, stream.codec_context.layout.name),
            )
            for stream in container.streams
        ]


def shapes(path: Path) -> tuple[int, int, Any, int]:
    """Return width, height, shape of a pixel, and rotation of the first picture."""
    with av.open(str(path)) as container:
        ratio = container.streams.video[0].sample_aspect_ratio
        frame = next(container.decode(video=0))
        return frame.width, frame.height, ratio or 1, frame.rotation


def payload(path: Path, kind: str) -> list[bytes]:
    with av.open(str(path)) as container:
        (stream,) = (stream for stream in container.streams if stream.type == kind)
        return [bytes(packet) for packet in container.demux(stream) if packet.size]


# --- one rendition for what browsers do not play


@pytest.mark.parametrize("name", ENCODED)
def test_what_browsers_do_not_play_is_encoded_anew(make: Any, clips: Path, name: str) -> None:
    original = encode(clips / name, *ENCODED[name])
    made = make(original)
    assert streams(made.video) == [("h264", "yuv420p"), ("aac", (48000, "stereo"))]
    assert shapes(made.video) == (320, 180, 1, 0)
    assert (made.info.width, made.info.height) == (320, 180)
    assert made.info.duration == pytest.approx(1, abs=0.15)
    assert boxes(made.video).index("moov") < boxes(made.video).index("mdat")
    pictures, sound = decode(made.video)
    # AVI and FLV tell the last pictures apart by less.
    assert len(pictures) == pytest.approx(30, abs=1)
    assert pictures == sorted(pictures)
    # AVI has no times of its own: pictures stored out of order come two later.
    assert pictures[0] == pytest.approx(0, abs=0.07)
    assert sound[0] == pytest.approx(0, abs=0.05)
    assert sound[-1] == pytest.approx(1, abs=0.12)
    assert difference(look(original), look(made.video)) < 8
    assert made.poster is not None


@pytest.mark.parametrize(
    ("name", "codecs"),
    [
        ("ac3.mkv", ["-c:a", "ac3"]),
        ("opus.mp4", ["-c:a", "libopus"]),
        ("vorbis.mkv", ["-c:a", "libvorbis"]),
        ("flac.mkv", ["-c:a", "flac"]),
        ("pcm.mov", ["-c:a", "pcm_s16le"]),
        ("six.mkv", ["-c:a", "eac3", "-ac", "6"]),
    ],
)
def test_where_only_the_sound_is_foreign_the_pictures_are_copied(
    make: Any, clips: Path, name: str, codecs: list[str]
) -> None:
    original = encode(clips / name, *H264, *PLAIN, *codecs)
    made = make(original)
    assert streams(made.video) == [("h264", "yuv420p"), ("aac", (48000, "stereo"))]
    assert payload(made.video, "video") == payload(original, "video")
    pictures, sound = decode(made.video)
    assert (len(pictures), pictures[0]) == (30, 0)
    assert sound[-1] == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("name", ["copied.flv", "copied.mov", "copied.mkv"])
def test_what_browsers_play_is_copied(make: Any, clips: Path, name: str) -> None:
    original = encode(clips / name, *H264, *PLAIN, "-c:a", "aac")
    made = make(original)
    assert payload(made.video, "audio") == payload(original, "audio")
    assert len(decode(made.video)[0]) == 30
    assert difference(look(original), look(made.video)) < 1


# --- shapes


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_pictures_are_turned_as_they_are_seen(make: Any, clips: Path, rotation: int) -> None:
    upright = encode(clips / "upright.mov", *HEVC, *PLAIN, "-c:a", "aac")
    turned = clips / f"turned{rotation}.mov"
    ffmpeg("-display_rotation", str(rotation), "-i", upright, "-c", "copy", turned)
    made = make(turned)
    seen = (320, 180) if rotation == 180 else (180, 320)
    assert (made.info.width, made.info.height) == seen
    assert shapes(made.video) == (*seen, 1, 0)
    assert difference(look(turned), look(made.video)) < 8


@pytest.mark.parametrize(
    ("size", "expected"),
    [((321, 181), (320, 180)), ((180, 320), (180, 320)), ((98, 17), (98, 16))],
    ids=["odd", "portrait", "narrow"],
)
def test_any_size_becomes_an_even_one(
    make: Any, clips: Path, size: tuple[int, int], expected: tuple[int, int]
) -> None:
    scale = f",scale={size[0]}:{size[1]},setsar=1"
    made = make(encode(clips / f"{size[0]}.webm", *VP8, *PLAIN, "-an", picture=scale))
    assert (made.info.width, made.info.height) == size
    assert shapes(made.video)[:2] == expected


def test_a_single_point_is_a_picture_too(make: Any, clips: Path) -> None:
    made = make(encode(clips / "point.webm", *VP8, "-an", picture=",scale=1:1"))
    assert shapes(made.video)[:2] == (2, 2)


def test_more_than_screens_show_is_scaled_down(make: Any, clips: Path) -> None:
    large = encode(clips / "large.webm", *VP8, "-an", size=(1440, 2560), seconds=0.1)
    made = make(large)
    assert (made.info.width, made.info.height) == (1440, 2560)
    assert shapes(made.video)[:2] == (1080, 1920)
    assert difference(look(large, at=0), look(made.video, at=0)) < 8


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1920, 1080), (1920, 1080)),
        ((3840, 2160), (1920, 1080)),
        ((2160, 3840), (1080, 1920)),
        ((4096, 4096), (1080, 1080)),
        ((8192, 100), (3840, 46)),
        ((1919, 1079), (1918, 1078)),
        ((1, 8192), (2, 3840)),
        ((640, 359), (640, 358)),
    ],
)
def test_sizes_fit_screens(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert fit(*size) == expected


def test_pixels_become_square(make: Any, clips: Path) -> None:
    narrow = encode(
        clips / "narrow.mkv",
        *(*VP9, "-an"),
        size=(240, 180),
        picture=",setsar=4/3",
    )
    assert shapes(make(narrow).video) == (320, 180, 1, 0)


def test_stripes_of_interlaced_pictures_are_joined(make: Any, clips: Path) -> None:
    fields = ["-flags", "+ilme+ildct", "-c:a", "aac"]
    original = encode(clips / "fields.mp4", *H264, *PLAIN, *fields, picture=",setfield=tff")
    with av.open(str(original)) as container:
        assert next(container.decode(video=0)).interlaced_frame
    made = make(original)
    with av.open(str(made.video)) as container:
        frames = list(container.decode(video=0))
    assert len(frames) == 30
    assert not any(frame.interlaced_frame for frame in frames)


def test_copied_pictures_stay_turned(make: Any, clips: Path) -> None:
    upright = encode(clips / "upright.mp4", *H264, *PLAIN, "-c:a", "libopus")
    turned = clips / "turned.mp4"
    ffmpeg("-display_rotation", "90", "-i", upright, "-c", "copy", turned)
    made = make(turned)
    assert (made.info.width, made.info.height) == (180, 320)
    assert difference(look(turned), look(made.video)) < 1


# --- times


def test_pictures_keep_their_own_times(make: Any, clips: Path) -> None:
    slower = ",setpts='if(lt(N,15),N/30,0.5+(N-15)/7)/TB'"
    options = [*VP8, *PLAIN, "-an", "-fps_mode", "vfr", "-enc_time_base", "1:1000"]
    original = encode(clips / "variable.mkv", *options, picture=slower)
    before, after = decode(original)[0], decode(make(original).video)[0]
    assert len(before) == 30
    assert after == pytest.approx(before, abs=0.0015)


def test_pictures_that_come_too_fast_are_thinned_out(make: Any, clips: Path) -> None:
    fast = encode(clips / "fast.mp4", "-c:v", "mpeg4", *PLAIN, "-an", fps=1000, size=(64, 36))
    made = make(fast)
    pictures = decode(made.video)[0]
    assert 100 <= len(pictures) <= 121
    assert made.info.duration == pytest.approx(1, abs=0.05)
    assert pictures[-1] == pytest.approx(1, abs=0.05)


def test_sound_that_starts_late_stays_where_it_was(make: Any, clips: Path) -> None:
    sound = ["-af", "asetpts=PTS+0.5/TB", "-c:a", "libopus"]
    made = make(encode(clips / "late.webm", *VP8, *PLAIN, *sound))
    with av.open(str(made.video)) as container:
        loud = [
            frame.time
            for frame in container.decode(audio=0)
            if max(abs(v) for v in memoryview(bytes(frame.planes[0])).cast("f")) > 0.01
        ]
    assert loud[0] == pytest.approx(0.5, abs=0.06)


def test_a_stream_that_starts_again_goes_on(make: Any, clips: Path) -> None:
    codecs = ("-c:v", "mpeg2video", *PLAIN, "-c:a", "mp2")
    part = encode(clips / "part.mpg", *codecs).read_bytes()
    (clips / "twice.mpg").write_bytes(part * 2)
    made = make(clips / "twice.mpg")
    assert made.info.duration == pytest.approx(2, abs=0.2)
    pictures, sound = decode(made.video)
    assert pictures == sorted(pictures)
    assert pictures[-1] == pytest.approx(2, abs=0.2)
    assert sound[-1] == pytest.approx(2, abs=0.3)


# --- tracks


def test_pictures_without_sound(make: Any, clips: Path) -> None:
    made = make(encode(clips / "silent.webm", *VP9, "-an"))
    assert streams(made.video) == [("h264", "yuv420p")]


def test_of_several_tracks_the_first_of_each_kind_is_kept(make: Any, clips: Path) -> None:
    maps = ["-map", "1", "-map", "0", "-map", "1", "-map", "0", "-c:a", "libopus"]
    made = make(encode(clips / "tracks.webm", *maps, *VP9))
    assert [codec for codec, _ in streams(made.video)] == ["h264", "aac"]


def test_sound_that_cannot_be_read_is_passed_over_if_there_is_other(
    make: Any, clips: Path
) -> None:
    maps = ["-map", "0", "-map", "1", "-map", "1", "-c:a:0", "tta", "-c:a:1", "aac"]
    original = encode(clips / "second.mkv", *maps, *H264, *PLAIN)
    assert [codec for codec, _ in streams(make(original).video)] == ["h264", "aac"]


@pytest.mark.parametrize("kind", ["mp3", "m4a", "ogg", "opus", "wav", "flac", "aac", "mka"])
def test_sound_alone_is_refused(refusal: Any, clips: Path, kind: str) -> None:
    sound = clips / f"sound.{kind}"
    ffmpeg("-f", "lavfi", "-i", "sine=d=1", sound)
    assert refusal(sound) == "no_video_track"


def test_words_in_the_file_stay_behind(make: Any, clips: Path) -> None:
    chapters = clips / "chapters.txt"
    chapters.write_text(";FFMETADATA1\n[CHAPTER]\nSTART=0\nEND=1000000000\ntitle=Kitchen\n")
    words = clips / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:01,000\nAttic\n")
    plain = encode(clips / "plain.webm", *VP8, *PLAIN, "-c:a", "libopus")
    named = clips / "named.mkv"
    inputs = ["-i", plain, "-i", chapters, "-i", words, "-attach", words]
    tags = ["-metadata:s:t", "mimetype=text/plain", "-metadata:s:v", "title=Cellar"]
    maps = ["-map", "0", "-map", "2", "-map_chapters", "1", "-metadata", "title=Holidays"]
    ffmpeg(*inputs, *tags, *maps, "-c:v", "copy", "-c:a", "copy", "-c:s", "srt", named)
    hidden = (b"Holidays", b"Kitchen", b"Attic", b"Cellar")
    assert all(word in named.read_bytes() for word in hidden)
    video = make(named).video
    assert not [word for word in hidden if word in video.read_bytes()]
    with av.open(str(video)) as container:
        assert len(container.streams) == 2
        assert container.chapters() == []


# --- high dynamic range


@pytest.fixture(scope="module")
def bright(clips: Path) -> tuple[Path, Path]:
    """The same pictures with standard and with high dynamic range (PQ)."""
    plain = encode(clips / "sdr.mkv", *H264, *PLAIN, "-an", seconds=0.6)
    curve = (
        "format=gbrpf32le,zscale=tin=bt709:pin=bt709:min=gbr:t=linear:npl=100:p=bt709,"
        "zscale=t=smpte2084:p=bt2020:m=2020_ncl:r=limited:npl=203,format=yuv420p10le"
    )
    named = "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"
    wide = clips / "hdr.mov"
    ffmpeg("-i", plain, "-vf", curve, *HEVC[:4], "-x265-params", named, wide)
    return plain, wide


def test_high_dynamic_range_is_brought_down_to_what_screens_show(
    make: Any, bright: tuple[Path, Path]
) -> None:
    plain, wide = bright
    made = make(wide)
    with av.open(str(made.video)) as container:
        codec = container.streams.video[0].codec_context
        assert (codec.pix_fmt, codec.color_trc, codec.color_primaries) == ("yuv420p", 1, 1)
    # What is brightest is darkened a little; left as it was, all would be pale.
    assert difference(look(plain), look(made.video)) < 25


def test_high_dynamic_range_is_refused_where_ffmpeg_cannot_bring_it_down(
    refusal: Any, bright: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ffmpeg_module, "can_tone_map", lambda: False)
    assert refusal(bright[1]) == "hdr_not_supported"


# --- damage


@pytest.mark.parametrize("name", ["vp9-opus.webm", "hevc-aac.mov", "mpeg4-mp3.avi"])
def test_half_a_file_is_damaged(refusal: Any, clips: Path, name: str) -> None:
    fast = [*ENCODED[name], "-movflags", "faststart"] if "mov" in name else ENCODED[name]
    whole = encode(clips / f"whole-{name}", *fast, seconds=4)
    assert refusal(cut(whole, clips / f"half-{name}", 0.5)) == "damaged"


def test_pictures_that_cannot_be_decoded_are_damage(refusal: Any, clips: Path) -> None:
    whole = encode(clips / "hevc.mp4", *HEVC, *PLAIN, "-an", "-movflags", "faststart")
    data = whole.read_bytes()
    start = data.index(b"mdat") + 4
    hollow = clips / "hollow-hevc.mp4"
    hollow.write_bytes(data[:start] + bytes(len(data) - start))
    assert refusal(hollow) == "damaged"


# --- what the child says is not believed

RECIPE = {
    "pictures": 0,
    "sound": 1,
    "copy_pictures": False,
    "width": 320,
    "height": 180,
    "interlaced": False,
    "rgb": False,
    "transfer": None,
}


@pytest.mark.parametrize(
    "lie",
    [
        {"pictures": "0 -i /etc/passwd"},
        {"pictures": -1},
        {"pictures": True},
        {"sound": 1.5},
        {"width": 10**9},
        {"height": 0},
        {"copy_pictures": "yes"},
        {"transfer": "linear,movie=/etc/passwd"},
        {"transfer": ["smpte2084"]},
        {"more": 1},
    ],
    ids=str,
)
def test_no_recipe_is_taken_that_is_not_one(lie: dict[str, Any]) -> None:
    assert Recipe.checked(RECIPE).arguments(1)
    with pytest.raises((TypeError, ValueError)):
        Recipe.checked({**RECIPE, **lie})

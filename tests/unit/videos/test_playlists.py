"""What players are told, as RFC 8216 and WebVTT want it."""

from __future__ import annotations

from videohub_core.videos.entities import MediaKey, Rendition, Storyboard
from videohub_core.videos.ports import MediaSegments
from videohub_core.videos.use_cases.playlists import (
    master_playlist,
    media_playlist,
    storyboard_track,
)


def rendition(name: str, width: int, height: int, bits: int, codecs: str) -> Rendition:
    return Rendition(
        name,
        MediaKey(f"media/v/a-{name}.mp4"),
        MediaKey(f"media/v/a-{name}.m3u8"),
        1000,
        bits,
        bits // 2,
        codecs,
        width,
        height,
    )


HIGH = rendition("720p", 1280, 720, 3_000_000, "avc1.64001f")
LOW = rendition("360p", 640, 360, 600_000, "avc1.64001e")
SOUND = rendition("audio", 0, 0, 128_000, "mp4a.40.2")


def test_a_master_playlist_names_each_quality_with_the_sound() -> None:
    assert master_playlist([HIGH, LOW, SOUND]) == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:7\n"
        "#EXT-X-INDEPENDENT-SEGMENTS\n"
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="audio",DEFAULT=YES,AUTOSELECT=YES,'
        'CHANNELS="2",URI="a-audio.m3u8"\n'
        "#EXT-X-STREAM-INF:BANDWIDTH=3128000,AVERAGE-BANDWIDTH=1564000,"
        'CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,AUDIO="audio"\n'
        "a-720p.m3u8\n"
        "#EXT-X-STREAM-INF:BANDWIDTH=728000,AVERAGE-BANDWIDTH=364000,"
        'CODECS="avc1.64001e,mp4a.40.2",RESOLUTION=640x360,AUDIO="audio"\n'
        "a-360p.m3u8\n"
    )


def test_a_master_playlist_of_one_quality_names_no_other() -> None:
    one = master_playlist([HIGH, LOW, SOUND], "360p")
    assert one is not None
    assert "a-360p.m3u8" in one
    assert "a-audio.m3u8" in one
    assert "720" not in one
    assert master_playlist([HIGH], "480p") is None
    assert master_playlist([HIGH, SOUND], "audio") is None


def test_without_pictures_there_is_no_master_playlist_and_without_sound_no_group() -> None:
    assert master_playlist([SOUND]) is None
    silent = master_playlist([HIGH])
    assert silent is not None
    assert "AUDIO" not in silent
    assert 'CODECS="avc1.64001f"' in silent


def test_a_media_playlist_says_where_each_part_lies() -> None:
    segments = MediaSegments(800, ((4.0, 5000), (4.004, 6000), (0.5, 70)))
    assert media_playlist(segments, "a-720p.mp4") == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:7\n"
        "#EXT-X-TARGETDURATION:5\n"
        "#EXT-X-PLAYLIST-TYPE:VOD\n"
        "#EXT-X-INDEPENDENT-SEGMENTS\n"
        '#EXT-X-MAP:URI="a-720p.mp4",BYTERANGE="800@0"\n'
        "#EXTINF:4.000000,\n#EXT-X-BYTERANGE:5000@800\na-720p.mp4\n"
        "#EXTINF:4.004000,\n#EXT-X-BYTERANGE:6000@5800\na-720p.mp4\n"
        "#EXTINF:0.500000,\n#EXT-X-BYTERANGE:70@11800\na-720p.mp4\n"
        "#EXT-X-ENDLIST\n"
    )


def test_a_storyboard_goes_on_to_the_next_row_and_sheet() -> None:
    sheets = (MediaKey("media/v/s1.webp"), MediaKey("media/v/s2.webp"))
    track = storyboard_track(Storyboard(sheets, 2, 2, 160, 90, 5, 1800.5, 9), 9000.0)
    assert track == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:30:00.500\ns1.webp#xywh=0,0,160,90\n\n"
        "00:30:00.500 --> 01:00:01.000\ns1.webp#xywh=160,0,160,90\n\n"
        "01:00:01.000 --> 01:30:01.500\ns1.webp#xywh=0,90,160,90\n\n"
        "01:30:01.500 --> 02:00:02.000\ns1.webp#xywh=160,90,160,90\n\n"
        "02:00:02.000 --> 02:30:00.000\ns2.webp#xywh=0,0,160,90\n"
    )

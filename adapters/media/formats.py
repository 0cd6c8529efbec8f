"""What may be opened, and what a browser plays as it is. Names are libav's.

`ffmpeg-formats`, `ffmpeg-codecs` and `ffmpeg-protocols`. None of these demuxers opens a
second file: playlists, concatenations and image sequences are not among them.
"""

from __future__ import annotations

DEMUXERS = (
    *("mov", "mp4", "m4a", "3gp", "3g2", "mj2"),
    *("matroska", "webm", "avi", "mpegts", "mpeg", "flv", "asf", "ogg"),
)
PROTOCOLS = ("file",)

PICTURES = {
    "h264": "h264",
    "hevc": "hevc",
    "av1": "libdav1d,av1",
    "vp8": "vp8",
    "vp9": "vp9",
    "mpeg1video": "mpeg1video",
    "mpeg2video": "mpeg2video",
    "mpeg4": "mpeg4",
    "msmpeg4v2": "msmpeg4v2",
    "msmpeg4v3": "msmpeg4",
    "h263": "h263",
    "flv1": "flv",
    "wmv1": "wmv1",
    "wmv2": "wmv2",
    "wmv3": "wmv3",
    "vc1": "vc1",
    "theora": "theora",
    "mjpeg": "mjpeg",
    "prores": "prores",
    "dnxhd": "dnxhd",
    "dvvideo": "dvvideo",
}
"""Codecs of pictures that are read, and the decoders that read them."""

SOUND = {
    "aac": "aac",
    "aac_latm": "aac_latm",
    "mp3": "mp3float,mp3",
    "mp2": "mp2float,mp2",
    "ac3": "ac3",
    "eac3": "eac3",
    "dts": "dca",
    "opus": "opus",
    "vorbis": "vorbis",
    "flac": "flac",
    "alac": "alac",
    "wmav1": "wmav1",
    "wmav2": "wmav2",
    "wmapro": "wmapro",
    "amr_nb": "amrnb",
    "amr_wb": "amrwb",
    "adpcm_ms": "adpcm_ms",
    "adpcm_ima_wav": "adpcm_ima_wav",
    "adpcm_ima_qt": "adpcm_ima_qt",
    **{
        name: name
        for name in (
            *("pcm_u8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le"),
            *("pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_mulaw", "pcm_alaw"),
            *("pcm_bluray", "pcm_dvd"),
        )
    },
}
"""Codecs of sound that are read, and the decoders that read them."""

INPUT_OPTIONS = {
    "format_whitelist": ",".join(DEMUXERS),
    "protocol_whitelist": ",".join(PROTOCOLS),
    "codec_whitelist": ",".join([*PICTURES.values(), *SOUND.values()]),
}

PLAYED_PICTURES = frozenset({"h264"})
PLAYED_PIXELS = frozenset({"yuv420p", "yuvj420p"})
PLAYED_SOUND = frozenset({"aac", "mp3"})

COPIED_FROM = frozenset({"mov", "matroska", "flv"})
"""Containers with a time for each picture and one header for all of them: elsewhere times
are guessed or start again, and pictures change their size in the middle."""
DECLARING = frozenset({"mov", "matroska", "avi", "asf"})
"""Containers whose header knows how long the video is."""
RESTARTING = frozenset({"mpegts", "mpeg", "ogg"})
"""Containers whose times may start again in the middle."""

TRANSFERS = {16: "smpte2084", 18: "arib-std-b67"}
"""High dynamic range: PQ and HLG, by their numbers in ISO/IEC 23091-2."""

SIDE_MOST = 8192
PIXELS_MOST = 36_000_000

_VIDEO_HEADS = (
    (0, b"\x1a\x45\xdf\xa3"),  # Matroska, WebM
    *((4, box) for box in (b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"free", b"skip")),
    (4, b"wide"),
    (8, b"AVI "),
    (0, b"FLV\x01"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),  # ASF
    (0, b"\x00\x00\x01\xba"),  # MPEG program stream
)
_SOUND_HEADS = (
    (0, b"ID3"),
    *((0, sync) for sync in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),  # MP3
    *((0, sync) for sync in (b"\xff\xf1", b"\xff\xf9")),  # AAC
    (0, b"fLaC"),
    (8, b"WAVE"),
    (8, b"AIFF"),
    (0, b"#!AMR"),
)
HEAD = 12
"""How many bytes tell what a file is that does not open."""


def reason_by_head(head: bytes) -> str:
    """Return why a file does not open: it is damaged, or was never a video."""

    def starts(heads: tuple[tuple[int, bytes], ...]) -> bool:
        return any(head[at : at + len(mark)] == mark for at, mark in heads)

    if starts(_VIDEO_HEADS):
        return "damaged"
    return "no_video_track" if starts(_SOUND_HEADS) else "not_a_video"

"""What search keeps of a video, made of what its owner wrote."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from itertools import islice

from videohub_core.search.entities import (
    CAPTION_WORDS_MOST,
    GAP,
    Document,
    Stem,
    filter_tokens,
    stems_of,
    words_of,
)
from videohub_core.videos.entities import Captions, Video
from videohub_core.videos.errors import NoSuchMedia
from videohub_core.videos.ports import MediaStore

_TAG = re.compile(r"<[^<>]*>")
_ARROW = "-->"


def document_of(
    video: Video, channel_title: str, captions: tuple[str, ...], stem: Stem
) -> Document:
    """Return the document of a listed video."""
    assert video.published_at is not None
    texts = [video.title, *video.tags, channel_title, video.description]
    return Document(
        video_id=video.id,
        published_at=video.published_at,
        title=tuple(stems_of([video.title], stem)),
        labels=tuple(stems_of([channel_title, *video.tags], stem)),
        description=tuple(stems_of([video.description], stem)),
        captions=captions,
        tokens=filter_tokens(video.channel_id, video.tags, video.duration),
        vocabulary=frozenset(word for text in texts for word in words_of(text)),
    )


def read_captions(media: MediaStore, tracks: Iterable[Captions], stem: Stem) -> tuple[str, ...]:
    """Return the stems of captions, which may be elsewhere: never within a transaction."""
    stems: list[str] = []
    for track in tracks:
        try:
            text = media.read(track.file).decode()
        except NoSuchMedia:
            continue
        words = islice(stems_of(_cues(text), stem), CAPTION_WORDS_MOST - len(stems))
        stems += [*words, GAP]
        if len(stems) >= CAPTION_WORDS_MOST:
            break
    return tuple(stems[:CAPTION_WORDS_MOST])


def _cues(vtt: str) -> Iterable[str]:
    """Return what is said, of a WebVTT that the hub has written."""
    _, *blocks = vtt.split("\n\n")
    said = (block.partition(_ARROW)[2].partition("\n")[2] for block in blocks)
    # A sentence goes on in the next cue, and so may a phrase.
    yield html.unescape(_TAG.sub(" ", " ".join(said)))

"""Somebody who plays everything that is public, all the time, to its last segment."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin

import requests

from tests.end_to_end.hub import Hub

_PAUSE_SECONDS = 0.5
_NAMED = re.compile(r'^(?:#EXT-X-M\w+:.*?URI="([^"]+)"|([^#\n]+))', re.MULTILINE)
_HEAD = re.compile(r'#EXT-X-MAP:URI="([^"]+)",BYTERANGE="(\d+)@(\d+)"')
_PART = re.compile(r"#EXT-X-BYTERANGE:(\d+)@(\d+)\n([^\n]+)")


class Watcher:
    """Asks for every part that a playlist names or has ever named; notes what is not there."""

    def __init__(self, hub: Hub) -> None:
        self.fetched = 0
        self.broken: Counter[str] = Counter()
        self._hub = hub
        self._http = requests.Session()
        self._playlists: dict[str, set[str]] = {}
        self._public: set[str] = set()
        self._gone: set[str] = set()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watcher")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()
        self._http.close()

    def watch(self, video_id: str) -> None:
        self._playlists[video_id] = set()

    def let_go(self, video_id: str) -> None:
        """Say that the video is about to be deleted: from here on it may be missing."""
        self._gone.add(video_id)

    def look_once(self) -> None:
        """Play every video once."""
        for video_id in list(self._playlists):
            if video_id not in self._gone:
                found = list(self._missing(video_id))
                # It may have gone meanwhile.
                self.broken.update(found if video_id not in self._gone else [])

    def _run(self) -> None:
        while not self._ended.wait(_PAUSE_SECONDS):
            try:
                self.look_once()
            except Exception as error:
                self.broken[f"{type(error).__name__}: {error}"] += 1

    def _missing(self, video_id: str) -> Iterator[str]:
        """Yield each address that does not give what was promised."""
        answer = self._get(f"/api/v1/videos/{video_id}")
        if answer.status_code != 200:
            # Until it can be watched, it is there for its owner only.
            if video_id in self._public:
                yield f"{answer.status_code} {answer.url}"
            return
        self._public.add(video_id)
        video: Any = answer.json()
        playback = video["playback"]
        known = self._playlists[video_id]
        if known and not playback["hls"]:
            yield f"{video_id} had renditions and has none"
        if playback["mp4"]:
            yield from self._part(playback["mp4"], 0, 1)
        if playback["hls"]:
            master = self._get(playback["hls"])
            if master.status_code != 200:
                yield f"{master.status_code} {master.url}"
                return
            known |= {urljoin(playback["hls"], name) for name in _named(master.text)}
        for address in sorted(known):
            yield from self._playlist(address)

    def _playlist(self, address: str) -> Iterator[str]:
        playlist = self._get(address)
        head = _HEAD.search(playlist.text)
        parts = _PART.findall(playlist.text)
        ends = playlist.text.endswith("#EXT-X-ENDLIST\n")
        if playlist.status_code != 200 or head is None or not parts or not ends:
            yield f"{playlist.status_code} {address}"
            return
        name, *span = head.groups()
        for size, start, file in [(*span, name), *parts]:
            yield from self._part(urljoin(address, file), int(start), int(size))

    def _part(self, address: str, start: int, size: int) -> Iterator[str]:
        wanted = f"bytes={start}-{start + size - 1}"
        part = self._get(address, Range=wanted)
        if (part.status_code, len(part.content)) != (206, size):
            yield f"{part.status_code} {address} {wanted}: {len(part.content)} bytes"

    def _get(self, address: str, **headers: str) -> requests.Response:
        self.fetched += 1
        return self._http.get(self._hub.url + address, headers=headers, timeout=30)


def _named(master: str) -> set[str]:
    return {quoted or line for quoted, line in _NAMED.findall(master)}

"""The process that touches untrusted bytes: locked in first, then one step a line.

It is started in a folder that holds `original` and an empty `made`. The first line on
standard input names the limits; the answer says which parts of the confinement hold. Each
further line asks for a step, and each has one line for an answer. When input ends the
process does too, at once, whatever it is doing: so it never outlives the worker.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import av

# PyAV imports these when it meets such a stream, which is too late in here.
import av.subtitles.codeccontext
import av.subtitles.stream

from adapters.media.chosen_poster import take_frame, take_picture
from adapters.media.confinement import Limits, confine
from adapters.media.job_folder import MADE, ORIGINAL, PLAYABLE, POSTER
from adapters.media.length import ends_too_early
from adapters.media.poster import make_poster
from adapters.media.probe import describe, first_video, measure, open_original, probe
from adapters.media.refused import Refused
from adapters.media.remux import remux
from adapters.media.storyboard import make_storyboard


def main() -> None:
    """Answer until the input ends."""
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    # libav's log quotes the file at length.
    av.logging.set_level(None)
    setup = json.loads(asked.readline())
    folder = Path.cwd()
    limits = Limits(setup["memory"], setup["cpu"], setup["output"])
    confined = confine(str(folder / ORIGINAL), str(folder / MADE), limits)
    _answer(answers, {"confined": confined})
    steps: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(asked, steps), daemon=True).start()
    file = _File(folder, setup["duration"], setup.get("at", 0.0))
    while True:
        _answer(answers, file.take(steps.get()))


def _read(asked: BinaryIO, steps: queue.SimpleQueue[str]) -> None:
    """Hand over the steps; end the process with the input.

    PyAV lets this thread run during its calls, all but the one that moves an MP4's index
    to the front.
    """
    try:
        for line in asked:
            steps.put(json.loads(line)["step"])
    finally:
        os._exit(0)


class _File:
    """The untrusted file, and the steps that can be asked for."""

    def __init__(self, folder: Path, duration_most: float, at: float) -> None:
        self._original = folder / ORIGINAL
        self._made = folder / MADE
        self._playable = self._made / PLAYABLE
        self._poster = self._made / POSTER
        self._duration_most = duration_most
        self._at = at
        self._pictures = self._duration = 0.0
        self._steps: Mapping[str, Callable[[], Mapping[str, Any]]] = {
            "probe": self._probe,
            "remux": self._remux,
            "measure": self._measure,
            "check": self._check,
            "poster": self._make_poster,
            "frame": self._take_frame,
            "picture": self._take_picture,
            "storyboard": self._make_storyboard,
            "describe": self._describe,
        }

    def take(self, step: str) -> Mapping[str, Any]:
        try:
            return self._steps[step]()
        except Refused as refusal:
            return {"refused": refusal.reason}
        except Exception as error:
            return {"failed": f"{type(error).__name__}: {error}"[:500]}

    def _probe(self) -> Mapping[str, Any]:
        found = asdict(probe(self._original, self._duration_most))
        self._duration = found["duration"]
        return {"recipe": found.pop("recipe"), "info": found}

    def _remux(self) -> Mapping[str, Any]:
        remux(self._original, self._playable, self._duration_most)
        return {"made": True}

    def _measure(self) -> Mapping[str, Any]:
        length = measure(self._original, self._duration_most)
        self._pictures = length.pictures()
        return {"seconds": length.whole()}

    def _check(self) -> Mapping[str, Any]:
        """See whether pictures were made to the end of what was measured."""
        try:
            with open_original(self._playable) as made:
                video = first_video(made)
                duration, base = video.duration, video.time_base
        except Refused as nothing:
            raise Refused("damaged") from nothing
        if duration is None or base is None:
            raise Refused("damaged")
        if ends_too_early(float((duration + (video.start_time or 0)) * base), self._pictures):
            raise Refused("damaged")
        # Its colours and turns are those that are shown, which the original's need not be.
        return {
            "made": make_poster(self._playable, self._poster),
            "storyboard": make_storyboard(self._playable, self._made, self._pictures),
        }

    def _make_storyboard(self) -> Mapping[str, Any]:
        return {"storyboard": make_storyboard(self._original, self._made, self._duration)}

    def _describe(self) -> Mapping[str, Any]:
        return asdict(describe(self._original, self._duration_most))

    def _make_poster(self) -> Mapping[str, Any]:
        return {"made": make_poster(self._original, self._poster)}

    def _take_frame(self) -> Mapping[str, Any]:
        take_frame(self._original, self._at, self._poster)
        return {"made": True}

    def _take_picture(self) -> Mapping[str, Any]:
        take_picture(self._original, self._poster)
        return {"made": True}


def _answer(answers: BinaryIO, answer: Mapping[str, Any]) -> None:
    answers.write(json.dumps(answer).encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    main()

"""The process that touches untrusted bytes: locked in first, then one step a line.

It is started in a folder that holds `original` and an empty `made`. The first line on
standard input names the limits; the answer says which parts of the confinement hold. Each
further line asks for a step (`probe`, `remux`, `poster`), and each has one line for an
answer: `info`, `made`, `refused` or `failed`. When input ends the process does too, at
once, whatever it is doing: so it never outlives the worker.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import av

# PyAV imports these when it meets such a stream, which is too late in here.
import av.subtitles.codeccontext
import av.subtitles.stream

from adapters.media.confinement import Limits, confine
from adapters.media.job_folder import MADE, ORIGINAL, PLAYABLE, POSTER
from adapters.media.poster import make_poster
from adapters.media.probe import Refused, probe
from adapters.media.remux import remux


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
    while True:
        _answer(answers, _take(steps.get(), folder, setup["duration"]))


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


def _take(step: str, folder: Path, duration_most: float) -> Mapping[str, Any]:
    original, made = folder / ORIGINAL, folder / MADE
    try:
        if step == "probe":
            info = probe(original, duration_most)
            return {
                "info": {
                    "duration": info.duration,
                    "width": info.width,
                    "height": info.height,
                }
            }
        if step == "remux":
            remux(original, made / PLAYABLE)
            return {"made": True}
        return {"made": make_poster(original, made / POSTER)}
    except Refused as refusal:
        return {"refused": refusal.reason}
    except Exception as error:
        return {"failed": f"{type(error).__name__}: {error}"[:500]}


def _answer(answers: BinaryIO, answer: Mapping[str, Any]) -> None:
    answers.write(json.dumps(answer).encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    main()

"""How far the demo is: bars for a terminal, a line a video for everything else."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from entrypoints.cli import demo_content
from entrypoints.cli.demo_hub import DemoHub, Stored


class DemoProgress:
    """Shows how many clips are drawn and processed; `waiting` are those that are not yet."""

    def __init__(self, console: Console, hub: DemoHub, missing: int) -> None:
        self.waiting: list[Stored] = []
        self._hub = hub
        self._plain = not console.is_terminal
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=console,
            disable=self._plain,
        )
        self._drawn = self._bars.add_task("drawn", total=len(demo_content.VIDEOS))
        self._bars.update(self._drawn, completed=len(demo_content.VIDEOS) - missing)
        self._processed = self._bars.add_task("processed", total=len(demo_content.VIDEOS))
        self._missing = missing

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bars.stop()

    def drew(self, stored: Stored) -> None:
        """Note a video that has come to the hub."""
        self.waiting.append(stored)
        self._missing -= 1
        self._bars.advance(self._drawn)
        self._say(f"drawn: {stored.video.title}")

    def look(self) -> bool:
        """Ask the hub for the videos that wait; tell whether there is news."""
        settled = [stored for stored in self.waiting if self._hub.is_settled(stored)]
        for stored in settled:
            self.waiting.remove(stored)
            self._say(f"processed: {stored.video.title}")
        done = len(demo_content.VIDEOS) - self._missing - len(self.waiting)
        self._bars.update(self._processed, completed=done)
        return bool(settled)

    def _say(self, line: str) -> None:
        if self._plain:
            click.echo(line)

"""How far an import is: bars for a terminal, a line a file for everything else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Column
from rich.text import Text

from entrypoints.cli.importing import Fate, Found, Outcome
from entrypoints.cli.parts import printable
from entrypoints.cli.sending import Step

_NAME_SHARE = 2


class ImportProgress:
    """Shows the whole and the file in hand; each step asks whether to go on."""

    def __init__(self, console: Console, found: Found, check: Callable[[], None]) -> None:
        self._console = console
        self._sizes = found.videos
        self._check = check
        self._bars = Progress(
            TextColumn(
                "{task.description}",
                markup=False,
                table_column=Column(ratio=_NAME_SHARE, no_wrap=True, overflow="ellipsis"),
            ),
            BarColumn(bar_width=None, table_column=Column(ratio=1)),
            DownloadColumn(binary_units=True),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=console,
            expand=True,
            disable=not console.is_terminal,
        )
        self._whole = self._bars.add_task("", total=sum(self._sizes.values()))
        self._file: TaskID | None = None
        self._done = 0

    def __enter__(self) -> Self:
        self._bars.start()
        self._name_whole()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bars.stop()

    def begin(self, path: Path) -> tuple[Step, Step]:
        """Show the file; return the steps of looking whether it is there, and of sending."""
        self._check()
        size = self._sizes[path]
        name = printable(path.name)
        file = self._file = self._bars.add_task(f"checking {name}", total=size)
        sent = 0

        def checking(count: int) -> None:
            self._check()
            self._bars.advance(file, count)

        def sending(count: int) -> None:
            nonlocal sent
            self._check()
            if not sent:
                self._bars.reset(file, total=size, description=f"sending {name}")
            sent += count
            self._bars.advance(file, count)
            self._bars.update(self._whole, completed=self._done + min(sent, size))

        return checking, sending

    def end(self, outcome: Outcome) -> None:
        """Go on to the next file."""
        if self._file is not None:
            self._bars.remove_task(self._file)
            self._file = None
        self._done += self._sizes.get(outcome.path, 0)
        self._bars.update(self._whole, completed=self._done)
        self._name_whole()
        if outcome.fate is Fate.FAILED or not self._console.is_terminal:
            why = f" ({outcome.reason})" if outcome.reason else ""
            said = printable(f"{outcome.fate.value}: {outcome.path}{why}")
            self._console.print(Text(said))

    def _name_whole(self) -> None:
        files = len(self._sizes)
        self._bars.update(self._whole, description=f"all {files} files")

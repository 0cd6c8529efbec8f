"""`python -m benchmarks`: measure rows, print the table, write it as JSON."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from benchmarks.harness import ROUNDS, Row, Run, Spread
from benchmarks.rows import (
    callers,
    lists,
    media,
    playable,
    reads,
    renditions,
    search,
    stalled,
    start,
    uploads,
)

Measure = Callable[[Run], Iterator[Row]]

ROWS: dict[str, Measure] = {
    "P5": reads.hot_reads,
    "P5s": search.against_sql,
    "P6": lists.sizes,
    "P7": search.sizes,
    "P8": media.bytes_out,
    "P8b": stalled.stalled,
    "P9": uploads.bytes_in,
    "P10": playable.playable,
    "P11": renditions.renditions,
    "P12": start.start,
    "P14": callers.callers,
}
SIZES = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}


@click.command()
@click.argument("rows", nargs=-1, type=click.Choice(list(ROWS), case_sensitive=False))
@click.option(
    "--size",
    "sizes",
    multiple=True,
    type=click.Choice(list(SIZES)),
    default=("10k", "100k"),
    show_default=True,
    help="How many videos there are; may be repeated.",
)
@click.option(
    "--database",
    "kinds",
    multiple=True,
    type=click.Choice(["sqlite", "postgres"]),
    default=("sqlite", "postgres"),
    show_default=True,
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/bench"),
    show_default=True,
    help="Where what is made is kept for the next time.",
)
@click.option(
    "--rounds",
    type=click.IntRange(1),
    default=ROUNDS,
    show_default=True,
    help="How often each is measured, at most.",
)
@click.option("--json", "target", type=click.Path(dir_okay=False, path_type=Path))
def main(
    rows: tuple[str, ...],
    sizes: tuple[str, ...],
    kinds: tuple[str, ...],
    folder: Path,
    rounds: int,
    target: Path | None,
) -> None:
    """Measure ROWS, all of them if none is named, each against its reference."""
    folder.mkdir(parents=True, exist_ok=True)
    run = Run(folder.resolve(), kinds, [SIZES[size] for size in sizes], rounds)
    found: list[Row] = []
    for name in rows or ROWS:
        for row in ROWS[name](run):
            print(f"{row.id} {row.what}: {row.ratio.median:.2f}", file=sys.stderr)
            found.append(row)
    Console(width=140).print(_table(found))
    target = target or folder / "bench.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(_document(found), indent=1))


def _table(rows: Sequence[Row]) -> Table:
    table = Table("", "what", "ours", "reference", "", "ratio", "aim", "")
    for row in rows:
        table.add_row(
            row.id,
            row.what,
            _figure(row.ours, row.unit),
            row.reference,
            _figure(row.theirs, row.unit),
            f"{row.ratio.median:.2f} ({row.ratio.low:.2f}–{row.ratio.high:.2f})",
            str(row.aim or ""),
            "" if row.is_met else "missed",
        )
    return table


def _figure(spread: Spread, unit: str) -> str:
    value = spread.median
    if unit == "s" and value < 1:
        value, unit = (value * 1e3, "ms") if value >= 1e-3 else (value * 1e6, "µs")
    digits = max(0, 3 - len(str(int(value))))
    return f"{value:,.{digits}f} {unit}"


def _document(rows: Sequence[Row]) -> dict[str, object]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "python": platform.python_version(),
            "system": platform.platform(),
        },
        "rows": [row.as_json() for row in rows],
    }


if __name__ == "__main__":
    main()

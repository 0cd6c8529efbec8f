"""One transaction, and what follows from it.

`commit()` first lets the reactions to the recorded events run, inside the same
transaction; they may only write rows. What must happen outside (work, mail) is
such a row. After the commit a hint leaves, and losing it costs nothing but time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Protocol, Self

from videohub_core.shared.events import Event


class UnitOfWork(Protocol):
    """What areas extend with the repositories that one transaction may touch."""

    def __enter__(self) -> Self:
        """Begin; nothing is stored until `commit`."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Roll back whatever was not committed."""

    def commit(self) -> None:
        """Run the reactions, store everything at once, then send hints."""


class Changes(Protocol):
    """Counts what happened, for whoever keeps answers for a moment.

    Through this process, and as far as hints come, through others. How far processing is
    does not count: nobody but the owner sees it.
    """

    @property
    def count(self) -> int:
        """How often something happened."""

    def happened(self) -> None:
        """Count one."""


Reaction = Callable[[Any, Any], None]
"""Called with the open unit of work and the event."""

Reactions = Mapping[type[Event], Sequence[Reaction]]

"""A channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from videohub_core.channels.events import ChannelEdited
from videohub_core.shared.errors import InvalidInput
from videohub_core.shared.events import Aggregate
from videohub_core.shared.ids import ChannelId, UserId
from videohub_core.shared.text import text_error

TITLE_MOST = 80
DESCRIPTION_MOST = 5_000
_NEVER = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True)
class ChannelDetails:
    """What the owner writes about a channel."""

    title: str
    description: str


@dataclass(eq=False, kw_only=True)
class Channel(Aggregate):
    """A user's place for videos. One comes into being with each user."""

    id: ChannelId
    user_id: UserId
    title: str
    created: datetime
    description: str = ""
    subscribers: int = 0
    withheld_until: datetime | None = None
    """Until then its videos are in no list; they can be watched."""

    def withhold(self, until: datetime | None) -> None:
        """Keep its videos out of lists, for good if there is no end."""
        self.withheld_until = until or _NEVER

    def release(self) -> None:
        """Let its videos be in lists again."""
        self.withheld_until = None

    def edit(self, *, title: str, description: str) -> None:
        """Take the texts over, or raise InvalidInput."""
        title = title.strip()
        errors = (
            text_error("/title", title, least=1, most=TITLE_MOST, one_line=True),
            text_error("/description", description, most=DESCRIPTION_MOST),
        )
        found = [error for error in errors if error is not None]
        if found:
            raise InvalidInput(found)
        if self.details == ChannelDetails(title, description):
            return
        self.title = title
        self.description = description
        self.record(ChannelEdited(self.id))

    @property
    def details(self) -> ChannelDetails:
        return ChannelDetails(self.title, self.description)

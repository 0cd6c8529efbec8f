"""See what is new of what one follows."""

from __future__ import annotations

from videohub_core.shared.actor import Actor
from videohub_core.shared.paging import Page, PageRequest
from videohub_core.subscriptions.ports import SubscriptionReader
from videohub_core.videos.ports import VideoView


class ReadFeed:
    """Return a page of videos of the channels that the actor follows, freshest first."""

    def __init__(self, reader: SubscriptionReader) -> None:
        self._reader = reader

    def __call__(self, *, actor: Actor, page: PageRequest) -> Page[VideoView]:
        return self._reader.feed(actor.id, page)

"""List what one follows."""

from __future__ import annotations

from videohub_core.shared.actor import Actor
from videohub_core.shared.paging import Page, PageRequest
from videohub_core.subscriptions.ports import SubscriptionReader, SubscriptionView


class ListSubscriptions:
    """Return a page of the channels that the actor follows, followed last first."""

    def __init__(self, reader: SubscriptionReader) -> None:
        self._reader = reader

    def __call__(self, *, actor: Actor, page: PageRequest) -> Page[SubscriptionView]:
        return self._reader.of_user(actor.id, page)

"""Subscriptions inside a transaction and for showing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from adapters.persistence import feeds
from adapters.persistence.among import Among
from adapters.persistence.channels import channels
from adapters.persistence.database import Database
from adapters.persistence.keyset import behind, page_of, page_values
from adapters.persistence.prepared import Prepared
from adapters.persistence.subscription_rows import subscriptions
from videohub_core.accounts.ports import ChannelRef
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import ChannelId, UserId
from videohub_core.shared.paging import Page, PageRequest, Position
from videohub_core.subscriptions.entities import Bell
from videohub_core.subscriptions.ports import SubscriptionView
from videohub_core.videos.ports import VideoView

_OF_USER = subscriptions.c.user_id == bindparam("user_id")
_SUBSCRIBED = Prepared(
    select(subscriptions.c.channel_id, subscriptions.c.bell).where(
        _OF_USER, Among(subscriptions.c.channel_id, "channel_ids")
    )
)
_SUBSCRIPTIONS = (
    select(
        subscriptions.c.channel_id,
        channels.c.title,
        subscriptions.c.bell,
        subscriptions.c.since,
    )
    .join(channels, channels.c.id == subscriptions.c.channel_id)
    .where(_OF_USER)
    .order_by(subscriptions.c.since.desc(), subscriptions.c.channel_id.desc())
    .limit(bindparam("limit"))
)
_FIRST = Prepared(_SUBSCRIPTIONS)
_AFTER = Prepared(
    _SUBSCRIPTIONS.where(behind(subscriptions.c.since, subscriptions.c.channel_id))
)


class SqlSubscriptions:
    """`SubscriptionRepository` over one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(
        self, user_id: UserId, channel_id: ChannelId, bell: Bell | None, now: datetime
    ) -> bool:
        is_one = _is(user_id, channel_id)
        found = self._session.scalars(select(subscriptions.c.bell).where(is_one)).first()
        if found is None:
            row = {"user_id": user_id, "channel_id": channel_id, "since": now}
            self._session.execute(insert(subscriptions), [{**row, "bell": bell or Bell.ALL}])
        elif bell not in (None, found):
            self._session.execute(update(subscriptions).where(is_one).values(bell=bell))
        return found is None

    def remove(self, user_id: UserId, channel_id: ChannelId) -> bool:
        is_one = _is(user_id, channel_id)
        gone = delete(subscriptions).where(is_one).returning(subscriptions.c.channel_id)
        return self._session.scalars(gone).first() is not None

    def remove_of(self, user_id: UserId) -> None:
        followed = select(subscriptions.c.channel_id).where(subscriptions.c.user_id == user_id)
        # Locked in one order, so that two who leave never wait for each other in a circle.
        ids = self._session.scalars(
            select(channels.c.id)
            .where(channels.c.id.in_(followed))
            .order_by(channels.c.id)
            .with_for_update(key_share=True)
        ).all()
        if ids:
            self._session.execute(
                update(channels)
                .where(channels.c.id.in_(followed))
                .values(subscribers=channels.c.subscribers - 1),
                execution_options={"synchronize_session": False},
            )
        self._session.execute(delete(subscriptions).where(subscriptions.c.user_id == user_id))


class SqlSubscriptionReader:
    """`SubscriptionReader` by Core selects."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def bells(
        self, user_id: UserId, channel_ids: Sequence[ChannelId]
    ) -> Mapping[ChannelId, Bell]:
        values = {"user_id": user_id, "channel_ids": channel_ids}
        rows = _SUBSCRIBED.rows(self._database, values)
        return {row[0]: row[1] for row in rows}

    def of_user(self, user_id: UserId, request: PageRequest) -> Page[SubscriptionView]:
        values = {**page_values(request), "user_id": user_id}
        statement = _FIRST if request.after is None else _AFTER
        found = [
            SubscriptionView(ChannelRef(id_, title), bell, since)
            for id_, title, bell, since in statement.rows(self._database, values)
        ]
        return page_of(found, request, lambda one: Position(one.since, one.channel.id))

    def feed(self, user_id: UserId, request: PageRequest) -> Page[VideoView]:
        return feeds.feed(self._database, user_id, request, self._clock.now())


def _is(user_id: UserId, channel_id: ChannelId) -> ColumnElement[bool]:
    return (subscriptions.c.user_id == user_id) & (subscriptions.c.channel_id == channel_id)

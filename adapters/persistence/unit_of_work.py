"""One transaction over every area's repositories."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol, Self

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from adapters.persistence.accounts import SqlSessions, SqlUsers
from adapters.persistence.blocks import SqlBlocks
from adapters.persistence.channels import SqlChannels
from adapters.persistence.chat_rooms import SqlRooms
from adapters.persistence.comments import SqlComments
from adapters.persistence.database import Database, as_unavailable, translated_errors
from adapters.persistence.idempotency import SqlIdempotency
from adapters.persistence.identity import (
    SqlAccountLinks,
    SqlLoginAttempts,
    SqlProviderSessions,
)
from adapters.persistence.invitations import SqlInvitations
from adapters.persistence.jobs import SqlJobs
from adapters.persistence.likes import SqlLikes
from adapters.persistence.mails import SqlMailedLinks, SqlMails
from adapters.persistence.mapping import map_entities
from adapters.persistence.moderation import SqlAudit
from adapters.persistence.reports import SqlReports
from adapters.persistence.search import SqlSearchIndex
from adapters.persistence.subscriptions import SqlSubscriptions
from adapters.persistence.tokens import SqlAccessTokens, SqlFamilies, SqlSigningKeys
from adapters.persistence.videos import SqlUploads, SqlVideos
from videohub_core.jobs.ports import JobHints
from videohub_core.shared.bus import Hint, Topic
from videohub_core.shared.events import Aggregate, Event
from videohub_core.shared.ids import JobId
from videohub_core.shared.unit_of_work import Changes, Reactions


class OutgoingHints(Protocol):
    """A bus, as a transaction sees it."""

    def leaving(self, session: Session, hints: Sequence[Hint]) -> AbstractContextManager[None]:
        """Let the hints leave when the transaction is committed in this context."""


class SqlUnitOfWork:
    """The unit of work of every area. One object serves one `with` at a time."""

    users: SqlUsers
    sessions: SqlSessions
    login_attempts: SqlLoginAttempts
    account_links: SqlAccountLinks
    provider_sessions: SqlProviderSessions
    channels: SqlChannels
    videos: SqlVideos
    uploads: SqlUploads
    likes: SqlLikes
    subscriptions: SqlSubscriptions
    blocks: SqlBlocks
    comments: SqlComments
    invitations: SqlInvitations
    mails: SqlMails
    links: SqlMailedLinks
    jobs: SqlJobs
    search_index: SqlSearchIndex
    idempotency: SqlIdempotency
    families: SqlFamilies
    access_tokens: SqlAccessTokens
    signing_keys: SqlSigningKeys
    audit: SqlAudit
    reports: SqlReports
    rooms: SqlRooms

    def __init__(
        self,
        database: Database,
        reactions: Reactions,
        hints: JobHints,
        changes: Changes,
        bus: OutgoingHints,
    ) -> None:
        map_entities()
        self._database = database
        self._reactions = reactions
        self._hints = hints
        self._changes = changes
        self._bus = bus

    def __enter__(self) -> Self:
        self._session = session = Session(
            self._database.writer, autoflush=False, expire_on_commit=False
        )
        # A dict keeps the order; an aggregate that is loaded twice speaks once.
        self._seen: dict[int, Aggregate] = {}
        self._new_jobs: list[JobId] = []
        self.users = SqlUsers(session, self._track)
        self.sessions = SqlSessions(session)
        self.login_attempts = SqlLoginAttempts(session)
        self.account_links = SqlAccountLinks(session)
        self.provider_sessions = SqlProviderSessions(session)
        self.channels = SqlChannels(session, self._track)
        self.videos = SqlVideos(session, self._track)
        self.uploads = SqlUploads(session)
        self.likes = SqlLikes(session)
        self.subscriptions = SqlSubscriptions(session)
        self.blocks = SqlBlocks(session)
        self.comments = SqlComments(session, self._track)
        self.invitations = SqlInvitations(session)
        self.mails = SqlMails(session)
        self.links = SqlMailedLinks(session)
        self.jobs = SqlJobs(session, self._new_jobs.append)
        self.search_index = SqlSearchIndex(session)
        self.idempotency = SqlIdempotency(session)
        self.families = SqlFamilies(session)
        self.access_tokens = SqlAccessTokens(session)
        self.signing_keys = SqlSigningKeys(session)
        self.audit = SqlAudit(session)
        self.reports = SqlReports(session)
        self.rooms = SqlRooms(session, self._track)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._session.close()
        except DBAPIError:
            # There was nothing left to roll back on: the connection is lost.
            self._session.invalidate()
        if unavailable := as_unavailable(error):
            raise unavailable from error

    def commit(self) -> None:
        happened: list[Event] = []
        while events := [e for seen in self._seen.values() for e in seen.release_events()]:
            happened += events
            for event in events:
                for react in self._reactions.get(type(event), ()):
                    react(self, event)
        with translated_errors(), self._bus.leaving(self._session, _hints(happened)):
            self._session.commit()
        if any(map(_shows, happened)):
            self._changes.happened()
        if self._new_jobs:
            self._hints.jobs_wait(self._new_jobs)

    def _track(self, aggregate: Aggregate) -> None:
        self._seen[id(aggregate)] = aggregate


def _hints(events: Iterable[Event]) -> list[Hint]:
    """Return what the events hint at, once each, in order."""
    return list(dict.fromkeys(event.hint for event in events if event.hint is not None))


def _shows(event: Event) -> bool:
    """Tell whether what happened is to be seen by everyone at once."""
    return event.hint is None or event.hint.topic is Topic.VIDEO

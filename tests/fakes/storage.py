"""The hub's storage in memory: every repository and reader, one transaction at a time."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from tests.fakes.blocks import BlockRows, FakeBlockReader, FakeBlocks
from tests.fakes.comments import FakeCommentReader, FakeComments
from tests.fakes.identity import FakeAccountLinks, FakeLoginAttempts, FakeProviderSessions
from tests.fakes.mails import (
    FakeInvitationReader,
    FakeInvitations,
    FakeMailedLinks,
    FakeMails,
)
from tests.fakes.paging import page_of
from tests.fakes.people import (
    FakeLikeReader,
    FakeLikes,
    FakeSubscriptionReader,
    FakeSubscriptions,
    LikeRows,
    SubscriptionRows,
)
from tests.fakes.search import FakeSearchIndex, FakeVideoSearch
from videohub_core.accounts.entities import (
    SESSION_ABSOLUTE,
    SESSION_IDLE,
    Session,
    User,
    UserQuery,
)
from videohub_core.accounts.errors import EmailTaken, IdentityTaken
from videohub_core.accounts.ports import (
    ChannelRef,
    ListedUser,
    SessionView,
    UserView,
)
from videohub_core.channels.entities import Channel
from videohub_core.channels.ports import ChannelView
from videohub_core.comments.entities import Comment
from videohub_core.comments.ports import CommentVersion
from videohub_core.identity.entities import AccountLink, LoginAttempt
from videohub_core.invitations.entities import Invitation
from videohub_core.jobs.entities import Job, JobKind, Lease
from videohub_core.jobs.errors import LeaseLost
from videohub_core.mail.entities import Mail
from videohub_core.moderation.entities import AuditEntry, Report, ReportKind, ReportState
from videohub_core.moderation.ports import AuditView
from videohub_core.search.entities import Document
from videohub_core.shared.actor import Role
from videohub_core.shared.clock import Clock
from videohub_core.shared.idempotency import KEPT, IdempotencyKey, KeyReused
from videohub_core.shared.ids import (
    AccessTokenId,
    ChannelId,
    FamilyId,
    JobId,
    ReportId,
    RoomId,
    UploadId,
    UserId,
    VideoId,
)
from videohub_core.shared.paging import Page, PageRequest, Position
from videohub_core.shared.unit_of_work import Reactions
from videohub_core.sitemaps.entities import Span
from videohub_core.tokens.entities import AccessToken, RefreshToken, SigningKey, TokenFamily
from videohub_core.tokens.ports import (
    AccessTokenView,
    FamilyView,
    PersonalCredential,
    PublicKey,
)
from videohub_core.verification.entities import MailedLink
from videohub_core.videos.entities import Upload, Video
from videohub_core.videos.errors import AlreadyImported
from videohub_core.videos.ports import EVERYTHING, VideoFilter, VideoSort, VideoView


@dataclass
class Rows:
    users: dict[str, User] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    login_attempts: dict[str, LoginAttempt] = field(default_factory=dict)
    account_links: dict[str, AccountLink] = field(default_factory=dict)
    provider_sessions: dict[str, bytes] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    videos: dict[str, Video] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)
    versions: dict[str, list[CommentVersion]] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    mails: dict[str, Mail] = field(default_factory=dict)
    links: dict[str, MailedLink] = field(default_factory=dict)
    invitations: dict[str, Invitation] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    tags: dict[str, list[str]] = field(default_factory=dict)
    keys: dict[tuple[str, str, str], tuple[str, str, datetime]] = field(default_factory=dict)
    families: dict[str, TokenFamily] = field(default_factory=dict)
    refresh_tokens: dict[str, RefreshToken] = field(default_factory=dict)
    access_tokens: dict[str, AccessToken] = field(default_factory=dict)
    signing_keys: dict[str, SigningKey] = field(default_factory=dict)
    audit: list[AuditEntry] = field(default_factory=list)
    likes: LikeRows = field(default_factory=dict)
    subscriptions: SubscriptionRows = field(default_factory=dict)
    blocks: BlockRows = field(default_factory=dict)
    reports: dict[str, Report] = field(default_factory=dict)

    def forget(self, user_id: UserId) -> None:
        """Delete what goes with a user's row."""
        tables: tuple[dict[str, Any], ...]
        tables = (self.sessions, self.channels, self.uploads, self.families, self.access_tokens)
        for table in tables:
            for key in [key for key, row in table.items() if row.user_id == user_id]:
                del table[key]
        for key in [
            k for k, v in self.refresh_tokens.items() if v.family_id not in self.families
        ]:
            del self.refresh_tokens[key]
        pairs: dict[tuple[str, str], datetime]
        for pairs in (self.likes, self.blocks):
            for pair in [pair for pair in pairs if user_id in pair]:
                del pairs[pair]
        for pair in [
            pair
            for pair in self.subscriptions
            if pair[0] == user_id or pair[1] not in self.channels
        ]:
            del self.subscriptions[pair]


class FakeStorage:
    """What is committed; units of work take a copy and give it back."""

    def __init__(self, reactions: Reactions, hints: Any, clock: Clock) -> None:
        self.rows = Rows()
        self.clock = clock
        self._reactions = reactions
        self._hints = hints

    def uow(self) -> FakeUnitOfWork:
        return FakeUnitOfWork(self, self._reactions, self._hints)

    @property
    def account_reader(self) -> FakeAccountReader:
        return FakeAccountReader(self)

    @property
    def invitation_reader(self) -> FakeInvitationReader:
        return FakeInvitationReader(self)

    @property
    def token_reader(self) -> FakeTokenReader:
        return FakeTokenReader(self)

    @property
    def audit_reader(self) -> FakeAuditReader:
        return FakeAuditReader(self)

    @property
    def channel_reader(self) -> FakeChannelReader:
        return FakeChannelReader(self)

    @property
    def video_reader(self) -> FakeVideoReader:
        return FakeVideoReader(self)

    @property
    def comment_reader(self) -> FakeCommentReader:
        return FakeCommentReader(self)

    @property
    def sitemap_reader(self) -> FakeSitemapReader:
        return FakeSitemapReader(self)

    @property
    def like_reader(self) -> FakeLikeReader:
        return FakeLikeReader(self)

    @property
    def subscription_reader(self) -> FakeSubscriptionReader:
        return FakeSubscriptionReader(self)

    @property
    def block_reader(self) -> FakeBlockReader:
        return FakeBlockReader(self)

    @property
    def video_search(self) -> FakeVideoSearch:
        return FakeVideoSearch(self)


class NoRooms:
    """For those who leave: nobody here is in any room."""

    def rooms_of(self, _user_id: UserId) -> Sequence[RoomId]:
        return ()


class FakeUnitOfWork:
    def __init__(self, storage: FakeStorage, reactions: Reactions, hints: Any) -> None:
        self._storage = storage
        self._reactions = reactions
        self._hints = hints

    def __enter__(self) -> Self:
        self._rows = copy.deepcopy(self._storage.rows)
        self._gone: list[Any] = []
        self._new_jobs: list[JobId] = []
        self.users = FakeUsers(self._rows.users, self._rows)
        self.sessions = FakeSessions(self._rows.sessions)
        self.login_attempts = FakeLoginAttempts(self._rows.login_attempts)
        self.account_links = FakeAccountLinks(self._rows.account_links)
        self.provider_sessions = FakeProviderSessions(
            self._rows.provider_sessions, self._rows.sessions
        )
        self.channels = FakeChannels(self._rows.channels)
        self.videos = FakeVideos(
            self._rows.videos, self._gone, self._rows.tags, self._rows.likes
        )
        self.likes = FakeLikes(self._rows.likes, self._rows.videos)
        self.subscriptions = FakeSubscriptions(self._rows.subscriptions, self._rows.channels)
        self.blocks = FakeBlocks(self._rows.blocks)
        self.uploads = FakeUploads(self._rows.uploads, self._rows.videos)
        self.comments = FakeComments(self._rows, self._gone)
        self.rooms = NoRooms()
        self.jobs = FakeJobs(self._rows.jobs, self._new_jobs)
        self.mails = FakeMails(self._rows.mails)
        self.links = FakeMailedLinks(self._rows.links)
        self.invitations = FakeInvitations(self._rows.invitations)
        self.search_index = FakeSearchIndex(self._rows)
        self.idempotency = FakeIdempotency(self._rows.keys)
        self.families = FakeFamilies(self._rows)
        self.access_tokens = FakeAccessTokens(self._rows.access_tokens)
        self.signing_keys = FakeSigningKeys(self._rows.signing_keys)
        self.audit = FakeAudit(self._rows.audit)
        self.reports = FakeReports(self._rows.reports)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        del self._rows

    def commit(self) -> None:
        while events := [e for seen in self._aggregates() for e in seen.release_events()]:
            for event in events:
                for react in self._reactions.get(type(event), ()):
                    react(self, event)
        self._storage.rows = copy.deepcopy(self._rows)
        if self._new_jobs and self._hints is not None:
            self._hints.jobs_wait(self._new_jobs)

    def _aggregates(self) -> list[Any]:
        rows = self._rows
        tables = (rows.users, rows.channels, rows.videos, rows.comments)
        return [*self._gone, *(entity for table in tables for entity in table.values())]


class FakeUsers:
    def __init__(self, rows: dict[str, User], everything: Rows | None = None) -> None:
        self._rows = rows
        self._everything = everything

    def remove(self, user: User) -> None:
        del self._rows[user.id]
        assert self._everything is not None
        self._everything.forget(user.id)

    def add(self, user: User) -> None:
        if user.email is not None and self.by_email(user.email) is not None:
            raise EmailTaken
        if user.issuer and user.sub and self.by_identity(user.issuer, user.sub) is not None:
            raise IdentityTaken
        self._rows[user.id] = user

    def get(self, user_id: UserId) -> User | None:
        return self._rows.get(user_id)

    def by_email(self, email: str) -> User | None:
        return next((user for user in self._rows.values() if user.email == email), None)

    def by_identity(self, issuer: str, sub: str) -> User | None:
        rows = self._rows.values()
        found = [user for user in rows if (user.issuer, user.sub) == (issuer, sub)]
        return found[0] if found else None

    def identify(self, user: User, issuer: str, sub: str) -> None:
        if self.by_identity(issuer, sub) not in (None, user):
            raise IdentityTaken
        user.issuer, user.sub = issuer, sub

    def change_email(self, user: User, email: str) -> None:
        if self.by_email(email) not in (None, user):
            raise EmailTaken
        user.take_over(email)

    def admins(self) -> Sequence[User]:
        return [user for user in self._rows.values() if user.role is Role.ADMIN]


class FakeSessions:
    def __init__(self, rows: dict[str, Session]) -> None:
        self._rows = rows

    def add(self, session: Session) -> None:
        self._rows[session.token_hash] = session

    def get(self, token_hash: str) -> Session | None:
        return self._rows.get(token_hash)

    def remove(self, session: Session) -> None:
        del self._rows[session.token_hash]

    def of_user(self, user_id: UserId) -> Sequence[Session]:
        return [row for row in self._rows.values() if row.user_id == user_id]

    def remove_expired(self, now: datetime) -> None:
        for session in list(self._rows.values()):
            idle = session.last_used <= now - SESSION_IDLE
            if idle or session.created <= now - SESSION_ABSOLUTE:
                self.remove(session)


class FakeChannels:
    def __init__(self, rows: dict[str, Channel]) -> None:
        self._rows = rows

    def add(self, channel: Channel) -> None:
        self._rows[channel.id] = channel

    def get(self, channel_id: ChannelId) -> Channel | None:
        return self._rows.get(channel_id)

    def of_user(self, user_id: UserId) -> Channel:
        return next(row for row in self._rows.values() if row.user_id == user_id)


class FakeVideos:
    def __init__(
        self,
        rows: dict[str, Video],
        gone: list[Any],
        tags: dict[str, list[str]],
        likes: LikeRows,
    ) -> None:
        self._rows = rows
        self._likes = likes
        self._tags = tags
        self._gone = gone

    def add(self, video: Video) -> None:
        taken = {(row.owner_id, row.origin) for row in self._rows.values() if row.origin}
        if (video.owner_id, video.origin) in taken:
            raise AlreadyImported
        self._rows[video.id] = video

    def get(self, video_id: VideoId) -> Video | None:
        return self._rows.get(video_id)

    def hold_of(self, user_id: UserId) -> None:
        """One transaction at a time runs here."""

    def of_owner(self, owner_id: UserId) -> Sequence[Video]:
        return [row for row in self._rows.values() if row.owner_id == owner_id]

    def tag(self, video: Video) -> None:
        self._tags[video.id] = list(video.tags) if video.is_listed else []

    def remove(self, video: Video) -> None:
        self._tags.pop(video.id, None)
        for key in [key for key in self._likes if key[1] == video.id]:
            del self._likes[key]
        self._gone.append(self._rows.pop(video.id))


class FakeUploads:
    def __init__(self, rows: dict[str, Upload], videos: dict[str, Video]) -> None:
        self._rows = rows
        self._videos = videos

    def add(self, upload: Upload) -> None:
        self._rows[upload.id] = upload

    def get(self, upload_id: UploadId) -> Upload | None:
        return self._rows.get(upload_id)

    def bytes_of(self, user_id: UserId) -> int:
        uploads = [u.length for u in self._rows.values() if u.user_id == user_id]
        return sum(uploads + [v.stored for v in self._videos.values() if v.owner_id == user_id])

    def of_user(self, user_id: UserId) -> Sequence[Upload]:
        return [row for row in self._rows.values() if row.user_id == user_id]

    def expired(self, now: datetime) -> Sequence[Upload]:
        return [upload for upload in self._rows.values() if upload.expires_at <= now]

    def remove(self, upload: Upload) -> None:
        del self._rows[upload.id]


class FakeJobs:
    def __init__(self, rows: dict[str, Job], added: list[JobId]) -> None:
        self._rows = rows
        self._added = added

    def add(self, job: Job) -> None:
        self._rows[job.id] = job
        if not job.kind.takes_long:
            self._added.append(job.id)

    def get(self, job_id: JobId) -> Job | None:
        return self._rows.get(job_id)

    def held(self, lease: Lease) -> Job:
        job = self.get(lease.job_id)
        if job is None:
            raise LeaseLost
        job.check(lease)
        return job

    def due(self, now: datetime, limit: int, kind: JobKind | None = None) -> Sequence[JobId]:
        waiting = sorted(self._rows.values(), key=lambda job: job.next_at)
        due = [
            job
            for job in waiting
            if job.is_due(now)
            and (not job.kind.takes_long if kind is None else job.kind is kind)
        ]
        return [job.id for job in due][:limit]

    def leased_by(self, worker: str) -> Sequence[Job]:
        return [job for job in self._rows.values() if job.leased_by == worker]

    def subjects(self, kind: JobKind) -> Sequence[str]:
        return [job.subject for job in self._rows.values() if job.kind is kind]

    def remove(self, job: Job) -> None:
        del self._rows[job.id]


class FakeIdempotency:
    def __init__(self, rows: dict[tuple[str, str, str], tuple[str, str, datetime]]) -> None:
        self._rows = rows

    def done(self, key: IdempotencyKey) -> str | None:
        found = self._rows.get((key.scope, key.operation, key.key))
        if found is None:
            return None
        if found[0] != key.digest:
            raise KeyReused
        return found[1]

    def remember(self, key: IdempotencyKey, made: str, now: datetime) -> None:
        for old in [k for k, row in self._rows.items() if row[2] <= now - KEPT]:
            del self._rows[old]
        self._rows[key.scope, key.operation, key.key] = (key.digest, made, now)


class FakeFamilies:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, family: TokenFamily) -> None:
        self._rows.families[family.id] = family

    def get(self, family_id: FamilyId) -> TokenFamily | None:
        return self._rows.families.get(family_id)

    def add_refresh(self, token: RefreshToken) -> None:
        self._rows.refresh_tokens[token.token_hash] = token

    def user_of(self, token_hash: str) -> UserId | None:
        token = self.refresh(token_hash)
        return None if token is None else self._rows.families[token.family_id].user_id

    def refresh(self, token_hash: str) -> RefreshToken | None:
        return self._rows.refresh_tokens.get(token_hash)

    def revoke_of(self, user_id: UserId, now: datetime) -> None:
        for family in self._rows.families.values():
            if family.user_id == user_id:
                family.revoke(now)

    def remove_ended(self, now: datetime) -> None:
        families, tokens = self._rows.families, self._rows.refresh_tokens
        for id_ in [id_ for id_, family in families.items() if family.ends <= now]:
            del families[id_]
        for key in [key for key, token in tokens.items() if token.family_id not in families]:
            del tokens[key]


class FakeAccessTokens:
    def __init__(self, rows: dict[str, AccessToken]) -> None:
        self._rows = rows

    def add(self, token: AccessToken) -> None:
        self._rows[token.id] = token

    def get(self, token_id: AccessTokenId) -> AccessToken | None:
        return self._rows.get(token_id)

    def count_of(self, user_id: UserId) -> int:
        return sum(token.user_id == user_id for token in self._rows.values())

    def remove(self, token: AccessToken) -> None:
        del self._rows[token.id]

    def remove_of(self, user_id: UserId) -> None:
        for token in [token for token in self._rows.values() if token.user_id == user_id]:
            self.remove(token)


class FakeSigningKeys:
    def __init__(self, rows: dict[str, SigningKey]) -> None:
        self._rows = rows

    def all(self) -> Sequence[SigningKey]:
        return sorted(self._rows.values(), key=lambda key: key.created, reverse=True)

    def add(self, key: SigningKey) -> None:
        self._rows[key.kid] = key

    def remove(self, key: SigningKey) -> None:
        del self._rows[key.kid]


class FakeAudit:
    def __init__(self, rows: list[AuditEntry]) -> None:
        self._rows = rows

    def add(self, entry: AuditEntry) -> None:
        self._rows.append(entry)


class FakeReports:
    def __init__(self, rows: dict[str, Report]) -> None:
        self._rows = rows

    def add(self, report: Report) -> None:
        self._rows[report.id] = report

    def get(self, report_id: ReportId) -> Report | None:
        return self._rows.get(report_id)

    def of(self, kind: ReportKind, subject_id: str, reporter_id: UserId) -> Report | None:
        asked = (kind, subject_id, reporter_id)
        rows = self._rows.values()
        found = [r for r in rows if (r.kind, r.subject_id, r.reporter_id) == asked]
        return found[0] if found else None

    def open_about(self, kind: ReportKind, subject_id: str) -> Sequence[Report]:
        asked = (kind, subject_id, ReportState.OPEN)
        return [r for r in self._rows.values() if (r.kind, r.subject_id, r.state) == asked]


class FakeTokenReader:
    def __init__(self, storage: FakeStorage) -> None:
        self._storage = storage

    def owner(self, family_id: FamilyId) -> UserView | None:
        family = self._storage.rows.families.get(family_id)
        if family is None or family.revoked_at is not None:
            return None
        return self._storage.account_reader.user(family.user_id)

    def families_of(self, user_id: UserId) -> Sequence[FamilyView]:
        now = self._storage.clock.now()
        found = [
            FamilyView(row.id, row.client, row.created, row.last_used, row.ends)
            for row in self._storage.rows.families.values()
            if row.user_id == user_id and row.revoked_at is None and row.ends > now
        ]
        return sorted(found, key=lambda family: family.last_used, reverse=True)

    def personal(self, token_hash: str) -> PersonalCredential | None:
        for row in self._storage.rows.access_tokens.values():
            if row.token_hash == token_hash:
                user = self._storage.account_reader.user(row.user_id)
                assert user is not None
                return PersonalCredential(_token_view(row), user)
        return None

    def access_tokens_of(self, user_id: UserId) -> Sequence[AccessTokenView]:
        rows = [r for r in self._storage.rows.access_tokens.values() if r.user_id == user_id]
        rows.sort(key=lambda row: (row.created, row.id), reverse=True)
        return [_token_view(row) for row in rows]

    def public_keys(self) -> Sequence[PublicKey]:
        keys = FakeSigningKeys(self._storage.rows.signing_keys).all()
        return [PublicKey(key.kid, key.public_key, key.retired_at) for key in keys]

    def private_key(self, kid: str) -> bytes | None:
        key = self._storage.rows.signing_keys.get(kid)
        return None if key is None else key.private_key


def _token_view(row: AccessToken) -> AccessTokenView:
    return AccessTokenView(
        row.id, row.name, row.scopes, row.created, row.expires_at, row.last_used
    )


class FakeAuditReader:
    def __init__(self, storage: FakeStorage) -> None:
        self._storage = storage

    def entries(self, request: PageRequest) -> Page[AuditView]:
        rows = self._storage.rows
        names = {user.id: user.display_name for user in rows.users.values()}
        found = [
            AuditView(
                row.id,
                row.at,
                row.actor_id,
                names.get(row.actor_id),
                row.action,
                row.subject_kind,
                row.subject_id,
                names.get(UserId(row.subject_id)),
                row.detail,
            )
            for row in rows.audit
        ]
        return page_of(found, request, lambda act: act.at)


class FakeAccountReader:
    def __init__(self, storage: FakeStorage) -> None:
        self._storage = storage

    def session(self, token_hash: str) -> SessionView | None:
        session = self._storage.rows.sessions.get(token_hash)
        user = self.user(session.user_id) if session else None
        if session is None or user is None:
            return None
        return self._session_view(session, user)

    def _session_view(self, session: Session, user: UserView) -> SessionView:
        return SessionView(
            session.token_hash, user, session.created, session.last_used, session.client
        )

    def sessions_of(self, user_id: UserId) -> Sequence[SessionView]:
        user = self.user(user_id)
        rows = FakeSessions(self._storage.rows.sessions).of_user(user_id)
        rows = sorted(rows, key=lambda row: row.token_hash)
        rows = sorted(rows, key=lambda row: row.last_used, reverse=True)
        return [self._session_view(row, user) for row in rows if user is not None]

    def password_hash(self, user_id: UserId) -> str | None:
        user = self._storage.rows.users.get(user_id)
        return None if user is None else user.password_hash

    def user(self, user_id: UserId) -> UserView | None:
        rows = self._storage.rows
        user = rows.users.get(user_id)
        if user is None:
            return None
        channel = FakeChannels(rows.channels).of_user(user_id)
        is_banned = user.is_banned_at(self._storage.clock.now())
        return UserView(
            id=user.id,
            sub=user.sub,
            email=user.email,
            email_verified=user.email_verified,
            pending_email=user.pending_email,
            phone=user.phone,
            display_name=user.display_name,
            locale=user.locale,
            role=user.role,
            is_banned=is_banned,
            channel=ChannelRef(channel.id, channel.title),
            created=user.created,
            ban_reason=user.ban_reason if is_banned else None,
            banned_until=user.banned_until if is_banned else None,
        )

    def by_email(self, email: str) -> UserView | None:
        user = FakeUsers(self._storage.rows.users).by_email(email)
        return None if user is None else self.user(user.id)

    def by_identity(self, issuer: str, sub: str) -> UserView | None:
        user = FakeUsers(self._storage.rows.users).by_identity(issuer, sub)
        return None if user is None else self.user(user.id)

    def users(self, query: UserQuery, page: PageRequest) -> Page[ListedUser]:
        found = [
            user
            for user in map(self._listed, self._storage.rows.users.values())
            if query.role in (None, user.role)
            and (user.is_banned or not query.banned)
            and query.fits(user.email, user.display_name)
        ]
        return page_of(found, page, lambda user: user.created)

    def _listed(self, user: User) -> ListedUser:
        videos = self._storage.rows.videos.values()
        return ListedUser(
            id=user.id,
            email=user.email,
            display_name=user.display_name,
            role=user.role,
            is_banned=user.is_banned_at(self._storage.clock.now()),
            ban_reason=user.ban_reason,
            banned_until=user.banned_until,
            created=user.created,
            videos=len([video for video in videos if video.owner_id == user.id]),
        )

    def password_of(self, email: str) -> tuple[UserId, str | None] | None:
        user = FakeUsers(self._storage.rows.users).by_email(email)
        return None if user is None else (user.id, user.password_hash)


class FakeChannelReader:
    def __init__(self, storage: FakeStorage) -> None:
        self._storage = storage

    def get(self, channel_id: ChannelId) -> ChannelView | None:
        rows = self._storage.rows
        channel = rows.channels.get(channel_id)
        if channel is None:
            return None
        return ChannelView(
            id=channel.id,
            user_id=channel.user_id,
            user_display_name=rows.users[channel.user_id].display_name,
            title=channel.title,
            description=channel.description,
            created=channel.created,
            subscribers=channel.subscribers,
        )


class FakeVideoReader:
    def __init__(self, storage: FakeStorage) -> None:
        self._storage = storage

    def get(self, video_id: VideoId) -> VideoView | None:
        video = self._storage.rows.videos.get(video_id)
        return None if video is None else self._view(video)

    def of_origin(self, owner_id: UserId, key: str) -> VideoId | None:
        rows = self._storage.rows.videos.values()
        found = [v.id for v in rows if (v.owner_id, v.origin) == (owner_id, key)]
        return found[0] if found else None

    def listed(
        self,
        request: PageRequest,
        *,
        sort: VideoSort = VideoSort.FRESH,
        only: VideoFilter = EVERYTHING,
    ) -> Page[VideoView]:
        rows = self._storage.rows
        found = [
            video
            for video in self.published()
            if only.channel_id in (None, video.channel.id)
            and only.tag in (None, *rows.tags.get(video.id, ()))
        ]
        ranks: dict[VideoSort, Callable[[VideoView], Any]] = {
            VideoSort.FRESH: lambda video: video.published_at,
            VideoSort.POPULAR: lambda video: video.views,
            VideoSort.TRENDING: lambda video: rows.videos[video.id].heat,
        }
        rank = ranks[sort]
        return page_of([v for v in found if rank(v) is not None], request, rank)

    def of_owner(self, owner_id: UserId, request: PageRequest) -> Page[VideoView]:
        rows = self._storage.rows.videos.values()
        found = [self._view(video) for video in rows if video.owner_id == owner_id]
        return page_of(found, request, lambda video: video.upload_date)

    def bytes_of(self, user_id: UserId) -> int:
        rows = self._storage.rows
        return FakeUploads(rows.uploads, rows.videos).bytes_of(user_id)

    def uploads(self) -> Sequence[UploadId]:
        return [upload.id for upload in self._storage.rows.uploads.values()]

    def all(self) -> Iterator[VideoView]:
        yield from map(self._view, list(self._storage.rows.videos.values()))

    def published(self) -> list[VideoView]:
        """Return all that everyone finds."""
        withheld = self.withheld()
        return [
            self._view(video)
            for video in self._storage.rows.videos.values()
            if video.is_listed and video.channel_id not in withheld
        ]

    def withheld(self) -> set[ChannelId]:
        """Return the channels whose videos are in no list."""
        now = self._storage.clock.now()
        return {
            channel.id
            for channel in self._storage.rows.channels.values()
            if channel.withheld_until is not None and channel.withheld_until > now
        }

    def _view(self, video: Video) -> VideoView:
        channel = self._storage.rows.channels[video.channel_id]
        return VideoView(
            id=video.id,
            owner_id=video.owner_id,
            channel=ChannelRef(channel.id, channel.title),
            title=video.title,
            description=video.description,
            tags=list(video.tags),
            visibility=video.visibility,
            upload_date=video.upload_date,
            published_at=video.published_at,
            state=video.state,
            failure=video.failure,
            failure_detail=video.failure_detail,
            duration=video.duration,
            width=video.width,
            height=video.height,
            size=video.size,
            video_file=video.video_file,
            poster=video.poster,
            original=video.original,
            renditions=video.renditions,
            storyboard=video.storyboard,
            captions=video.captions,
            progress=video.progress,
            seconds_left=video.seconds_left,
            comments_allowed=video.comments_allowed,
            views=video.views,
            likes=video.likes,
            comments=video.comments,
            hidden_at=video.hidden_at,
            hidden_reason=video.hidden_reason,
            is_reported=any(
                (one.kind, one.subject_id, one.state)
                == (ReportKind.VIDEO, video.id, ReportState.OPEN)
                for one in self._storage.rows.reports.values()
            ),
        )


class FakeSitemapReader:
    def __init__(self, storage: FakeStorage) -> None:
        self._storage = storage

    def videos(self, span: Span[Position]) -> Sequence[VideoView]:
        bounds = Span(
            None if span.after is None else (span.after.at, span.after.id),
            None if span.to is None else (span.to.at, span.to.id),
        )
        return [video for place, video in self._places() if _is_within(place, bounds)]

    def channels(self, span: Span[ChannelId]) -> Sequence[ChannelId]:
        return [found for found in self._channels() if _is_within(found, span)]

    def video_behind(self, after: Position | None, count: int) -> Position | None:
        found = self.videos(Span(after))
        if len(found) < count:
            return None
        last = found[count - 1]
        assert last.published_at is not None
        return Position(last.published_at, last.id)

    def channel_behind(self, after: ChannelId | None, count: int) -> ChannelId | None:
        found = self.channels(Span(after))
        return None if len(found) < count else found[count - 1]

    def _places(self) -> list[tuple[Any, VideoView]]:
        found = FakeVideoReader(self._storage).published()
        return sorted((((v.published_at, v.id), v) for v in found), key=lambda pair: pair[0])

    def _channels(self) -> list[ChannelId]:
        return sorted({video.channel.id for _, video in self._places()})


def _is_within(place: Any, span: Span[Any]) -> bool:
    is_behind = span.after is None or place > span.after
    return is_behind and (span.to is None or place <= span.to)

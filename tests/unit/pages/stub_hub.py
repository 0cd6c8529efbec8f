"""A hub without a database: the real pages over views held in memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response
from pyramid.router import Router

from adapters.limits.limiter import MemoryRateLimiter
from entrypoints.edge.problems import status_of
from entrypoints.http.pages.errors import render_error_page
from entrypoints.settings import RATE_LIMITS
from tests.unit.pages.stub_accounts import StubAccounts, make_session
from videohub_core.accounts.ports import ChannelRef, PublicUser, UserView
from videohub_core.blocks.ports import BlockView
from videohub_core.channels.errors import NoSuchChannel, NotYourChannel
from videohub_core.channels.policies import may_edit as may_edit_channel
from videohub_core.channels.ports import ChannelView
from videohub_core.comments.errors import NoSuchComment
from videohub_core.comments.ports import CommentView
from videohub_core.search.use_cases.search_videos import Found, FoundVideo
from videohub_core.search.use_cases.snippets import Part
from videohub_core.shared.actor import Role
from videohub_core.shared.errors import DomainError, FieldError, InvalidInput
from videohub_core.shared.ids import ChannelId, CommentId, UserId, VideoId
from videohub_core.shared.paging import Page, PageRequest, Position
from videohub_core.subscriptions.entities import Bell
from videohub_core.subscriptions.ports import SubscriptionView
from videohub_core.videos.entities import ProcessingState, VideoDetails, Visibility
from videohub_core.videos.errors import NoSuchVideo, NotYourVideo
from videohub_core.videos.policies import may_edit, may_see
from videohub_core.videos.ports import EVERYTHING, StorageView, VideoFilter, VideoView

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def make_id(name: str) -> str:
    """Return an id of the right shape that begins with a name."""
    return (name + "0" * 16)[:16]


def make_viewer(name: str = "Anna Petrova", locale: str | None = None, **changes: Any) -> Any:
    user = UserView(
        id=make_id("anna"),
        sub=None,
        email="anna@example.org",
        email_verified=False,
        pending_email=None,
        phone=None,
        display_name=name,
        locale=locale,
        role=Role.MEMBER,
        is_banned=False,
        channel=ChannelRef(make_id("annaschannel"), name),
        created=datetime(2026, 3, 5, tzinfo=UTC),
    )
    return user._replace(**changes)


def make_video(name: str = "knots", **changes: Any) -> VideoView:
    now = datetime.now(UTC)
    video = VideoView(
        id=make_id(name),
        owner_id=make_id("anna"),
        channel=ChannelRef(make_id("annaschannel"), "Anna Petrova"),
        title="Knots for beginners",
        description="",
        tags=(),
        visibility=Visibility.PUBLIC,
        upload_date=now - timedelta(days=3),
        published_at=now - timedelta(days=3),
        state=ProcessingState.READY,
        failure=None,
        failure_detail=None,
        duration=185.4,
        width=1280,
        height=720,
        size=48_200_000,
        video_file="media/knots.mp4",
        poster=None,
        original=None,
        renditions=(),
        storyboard=None,
        captions=(),
        progress=None,
        seconds_left=None,
        comments_allowed=True,
        views=0,
        likes=0,
        comments=0,
        hidden_at=None,
        hidden_reason=None,
    )
    return video._replace(**changes)


def make_comment(name: str = "first", **changes: Any) -> CommentView:
    user = PublicUser(
        UserId(make_id("anna")),
        "Anna Petrova",
        ChannelRef(ChannelId(make_id("annaschannel")), "Anna Petrova"),
    )
    comment = CommentView(
        id=CommentId(make_id(name)),
        video_id=VideoId(make_id("knots")),
        user=user,
        reply_to=None,
        text="At 1:02 the bowline.",
        created=datetime.now(UTC) - timedelta(hours=2),
        edited_at=None,
        media_time=None,
        replies=0,
        deleted=False,
    )
    return comment._replace(**changes)


class StubContainer(StubAccounts):
    """The use cases that the pages ask for, over lists."""

    def __init__(self, videos: list[VideoView], channels: list[ChannelView]) -> None:
        super().__init__()
        self._limiter = MemoryRateLimiter()
        self.videos = {video.id: video for video in videos}
        self.channels = {channel.id: channel for channel in channels}
        self.liked: list[str] = []
        self.followed: dict[str, Bell] = {}
        self.blocked: dict[str, PublicUser] = {}
        self.subscribers = 0
        self.comments: dict[str, CommentView] = {}
        self.provider_name: str | None = None
        self.storage = StorageView(3_000_000_000, 20_000_000_000, 10_000_000_000)

    def list_liked(self) -> Any:
        return lambda **_asked: frozenset(self.liked)

    def list_followed(self) -> Any:
        return lambda **_asked: self.followed

    def has_blocked(self) -> Any:
        return lambda *, user_id, **_actor: user_id in self.blocked

    def list_blocked(self) -> Any:
        def list_blocked(*, page: PageRequest, **_actor: Any) -> Page[BlockView]:
            since = datetime(2026, 3, 5, tzinfo=UTC)
            found = [BlockView(user, since) for user in self.blocked.values()]
            items = found[: page.limit]
            more = len(found) > page.limit
            return Page(items, Position(since, items[-1].user.id) if more else None)

        return list_blocked

    def list_comments(self) -> Any:
        def list_comments(
            *, actor: Any, video: VideoView, page: PageRequest, reply_to: Any, sort: Any
        ) -> Any:
            found = [
                said
                for said in self.comments.values()
                if (said.video_id, said.reply_to) == (video.id, reply_to)
            ]
            items = found[: page.limit]
            more = len(found) > page.limit
            following = Position(items[-1].created, items[-1].id) if more else None
            return Page(items, following)

        return list_comments

    def read_comment(self) -> Any:
        def read_comment(*, actor: Any, comment_id: str) -> Any:
            said = self.comments.get(comment_id)
            if said is None:
                raise NoSuchComment
            return said, self.read_video()(actor=actor, video_id=said.video_id)

        return read_comment

    def secret(self) -> bytes:
        return b"stub"

    def settings(self) -> Any:
        return SimpleNamespace(
            rate_limits=RATE_LIMITS,
            public_url="https://hub.example.org",
            behind_tls=True,
            links_origin=None,
            registration=self.registration,
            sends_mail=self.sends_mail,
            provider_name=self.provider_name,
        )

    def limiter(self) -> Any:
        return self._limiter

    def search_videos(self) -> Any:
        def search_videos(*, text: str, page: PageRequest, **_: Any) -> Any:
            if not text:
                raise InvalidInput([FieldError("/q", "required", "This may not be empty.")])
            found = [
                FoundVideo(video, [Part(video.title, True)], [Part(video.description, False)])
                for video in self.videos.values()
                if text in video.title
            ]
            part = cut([one.video for one in found], page)
            shown = {video.id for video in part.items}
            return Found([one for one in found if one.video.id in shown], part.next)

        return search_videos

    def list_videos(self) -> Any:
        def list_videos(
            *, page: PageRequest, sort: Any = None, only: VideoFilter = EVERYTHING
        ) -> Any:
            found = [
                video
                for video in self.videos.values()
                if may_see(None, video)
                and video.visibility is Visibility.PUBLIC
                and only.channel_id in (None, video.channel.id)
                and (only.tag is None or only.tag in video.tags)
            ]
            return cut(found, page)

        return list_videos

    def list_own_videos(self) -> Any:
        def list_own_videos(*, actor: Any, page: PageRequest) -> Any:
            return cut([v for v in self.videos.values() if v.owner_id == actor.id], page)

        return list_own_videos

    def read_storage(self) -> Any:
        return lambda **_actor: self.storage

    def read_video(self) -> Any:
        def read_video(*, actor: Any, video_id: str) -> VideoView:
            video = self.videos.get(video_id)
            if video is None or not may_see(actor, video):
                raise NoSuchVideo
            return video

        return read_video

    def list_related(self) -> Any:
        def list_related(*, actor: Any, video_id: str, limit: int) -> list[VideoView]:
            page = self.list_videos()(page=PageRequest(limit + 1))
            return [video for video in page.items if video.id != video_id][:limit]

        return list_related

    def check_editable(self) -> Any:
        def check_editable(*, actor: Any, video_id: str) -> VideoView:
            video = self.read_video()(actor=actor, video_id=video_id)
            if not may_edit(actor, video):
                raise NotYourVideo
            return video

        return check_editable

    def edit_video(self) -> Any:
        def edit_video(*, actor: Any, video_id: str, **details: Any) -> None:
            video = self.check_editable()(actor=actor, video_id=video_id)
            checked = VideoDetails.checked(**details)
            self.videos[video_id] = video._replace(
                title=checked.title,
                description=checked.description,
                tags=checked.tags,
                visibility=checked.visibility,
                comments_allowed=checked.comments_allowed,
            )

        return edit_video

    def delete_video(self) -> Any:
        def delete_video(*, actor: Any, video_id: str) -> None:
            self.check_editable()(actor=actor, video_id=video_id)
            del self.videos[video_id]

        return delete_video

    def read_channel(self) -> Any:
        def read_channel(*, channel_id: str) -> ChannelView:
            found = self.channels.get(channel_id) or self._channel_of_video(channel_id)
            if found is None:
                raise NoSuchChannel
            return found

        return read_channel

    def _channel_of_video(self, channel_id: str) -> ChannelView | None:
        of_it = (v for v in self.videos.values() if v.channel.id == channel_id)
        video = next(of_it, None)
        if video is None:
            return None
        now, title = datetime.now(UTC), video.channel.title
        return ChannelView(channel_id, video.owner_id, title, title, "", now, self.subscribers)

    def check_channel_editable(self) -> Any:
        def check_channel_editable(*, actor: Any, channel_id: str) -> ChannelView:
            found: ChannelView = self.read_channel()(channel_id=channel_id)
            if not may_edit_channel(actor, found):
                raise NotYourChannel
            return found

        return check_channel_editable

    def list_liked_videos(self) -> Any:
        return lambda *, page, **_actor: cut([self.videos[id_] for id_ in self.liked], page)

    def list_subscriptions(self) -> Any:
        def list_subscriptions(*, page: PageRequest, **_actor: Any) -> Page[SubscriptionView]:
            since = datetime(2026, 3, 5, tzinfo=UTC)
            found = [
                SubscriptionView(ChannelRef(id_, self.channels[id_].title), bell, since)
                for id_, bell in self.followed.items()
            ]
            return Page(found[: page.limit], None)

        return list_subscriptions

    def read_feed(self) -> Any:
        def read_feed(*, actor: Any, page: PageRequest) -> Page[VideoView]:
            found = [v for v in self.videos.values() if v.channel.id in self.followed]
            return cut(found, page)

        return read_feed


def cut(videos: list[VideoView], page: PageRequest) -> Page[VideoView]:
    start = 0
    if page.after is not None:
        ids = [video.id for video in videos]
        start = ids.index(page.after.id) + 1
    items = videos[start : start + page.limit]
    more = start + page.limit < len(videos)
    following = Position(items[-1].upload_date, items[-1].id) if more else None
    return Page(items, following)


def make_hub(
    viewer: UserView | None = None,
    videos: list[VideoView] | None = None,
    channels: list[ChannelView] | None = None,
) -> Router:
    """Return the pages as a WSGI application; `app.sessions` records what they do."""
    config = Configurator()
    container = StubContainer(videos or [], channels or [])
    sessions: list[Any] = []
    devices: list[str] = []
    config.registry.sessions, config.registry.devices = sessions, devices
    config.registry.stub = container
    add = config.add_request_method
    add(lambda _: viewer, "viewer", reify=True)
    add(lambda _: viewer.actor if viewer else None, "actor", reify=True)
    session = make_session("here") if viewer else None
    container.sessions = [session] if session else []
    caller = SimpleNamespace(token="old" if viewer else None, viewer=viewer, session=session)
    add(lambda _: caller, "caller", reify=True)
    add(lambda _: "token-of-this-browser", "csrf_token", reify=True)
    add(lambda _: container, "container", reify=True)
    add(lambda _: container.settings(), "settings", reify=True)
    add(lambda _: "0123456789abcdef", "request_id", reify=True)
    add(lambda _, signed_in: sessions.append(signed_in), "start_session")
    add(lambda _: sessions.append("ended"), "end_session")
    add(lambda _: None, "device", reify=True)
    add(lambda _, email: devices.append(email), "remember_device")
    add(lambda _: "192.0.2.1", "client_addr", reify=True)
    config.include("entrypoints.http.pages")
    config.add_exception_view(domain_error, DomainError)
    config.add_tween("tests.unit.pages.stub_hub.policy_tween")
    return config.make_wsgi_app()


def domain_error(error: DomainError, request: Request) -> Response:
    return render_error_page(request, status_of(error), error.code)


def policy_tween(handler: Any, _registry: Any) -> Any:
    def tween(request: Request) -> Response:
        response = handler(request)
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return tween

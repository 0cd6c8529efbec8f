"""Liking and following: the buttons, and the pages of what one likes and follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from entrypoints.http.pages.forms import limit_form, typed
from entrypoints.http.pages.pagers import page_request, pager
from entrypoints.http.pages.signing_in import own_path
from videohub_core.channels.ports import ChannelView
from videohub_core.subscriptions.entities import Bell

BELLS = {bell.value: bell for bell in Bell}


@dataclass(frozen=True)
class Following:
    """What a page shows of following a channel; the bell is None for who does not."""

    channel: ChannelView
    bell: Bell | None
    is_own: bool

    @property
    def others(self) -> int:
        """How many follow the channel besides the viewer."""
        return self.channel.subscribers - (self.bell is not None)


def following_of(request: Request, channel: ChannelView) -> Following:
    actor = request.actor
    if actor is None:
        return Following(channel, None, is_own=False)
    followed = request.container.list_followed()(actor=actor, channel_ids=[channel.id])
    return Following(channel, followed.get(channel.id), is_own=actor.id == channel.user_id)


@view_config(
    route_name="pages.like", request_method="GET", permission="member", ask_to_sign_in=True
)
def back_to_video(request: Request) -> Response:
    """Lead on who has signed in to send the form."""
    return _to_video(request)


@view_config(
    route_name="pages.like", request_method="POST", permission="member", ask_to_sign_in=True
)
def like(request: Request) -> Response:
    container, likes = request.container, typed(request, "on")["on"] == "1"
    limit_form(request)
    change = container.like_video() if likes else container.unlike_video()
    change(actor=request.actor, video_id=request.matchdict["video_id"])
    return _to_video(request)


@view_config(
    route_name="pages.subscription",
    request_method="GET",
    permission="member",
    ask_to_sign_in=True,
)
def back_to_channel(request: Request) -> Response:
    """Lead on who has signed in to send the form."""
    return HTTPSeeOther(_channel_path(request))


@view_config(
    route_name="pages.subscription",
    request_method="POST",
    permission="member",
    ask_to_sign_in=True,
)
def follow(request: Request) -> Response:
    values = typed(request, "on", "bell", "return_to")
    given = {"actor": request.actor, "channel_id": request.matchdict["channel_id"]}
    limit_form(request)
    if values["on"] == "1":
        request.container.follow_channel()(**given, bell=BELLS.get(values["bell"]))
    else:
        request.container.unfollow_channel()(**given)
    return HTTPSeeOther(own_path(values["return_to"] or _channel_path(request)))


@view_config(
    route_name="pages.subscriptions",
    request_method="GET",
    renderer="templates/subscriptions.jinja2",
    permission="member",
    ask_to_sign_in=True,
)
def subscriptions(request: Request) -> dict[str, Any]:
    page = request.container.read_feed()(actor=request.actor, page=page_request(request))
    return {"videos": page.items, "pager": pager(request, page)}


@view_config(
    route_name="pages.followed",
    request_method="GET",
    renderer="templates/followed.jinja2",
    permission="member",
    ask_to_sign_in=True,
)
def followed(request: Request) -> dict[str, Any]:
    where = page_request(request)
    page = request.container.list_subscriptions()(actor=request.actor, page=where)
    return {"followed": page.items, "pager": pager(request, page)}


@view_config(
    route_name="pages.likes",
    request_method="GET",
    renderer="templates/likes.jinja2",
    permission="member",
    ask_to_sign_in=True,
)
def likes(request: Request) -> dict[str, Any]:
    where = page_request(request)
    page = request.container.list_liked_videos()(actor=request.actor, page=where)
    return {"videos": page.items, "pager": pager(request, page)}


def _to_video(request: Request) -> Response:
    video_id = request.matchdict["video_id"]
    return HTTPSeeOther(request.route_path("pages.watch", video_id=video_id))


def _channel_path(request: Request) -> str:
    channel_id = request.matchdict["channel_id"]
    return str(request.route_path("pages.channel", channel_id=channel_id))

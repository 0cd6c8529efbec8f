"""Subscriptions: the channels that a member follows, and what is new there."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.httpexceptions import HTTPNoContent
from pyramid.request import Request
from pyramid.response import Response

from entrypoints.edge import fields, shapes
from entrypoints.edge.operations import Answer
from entrypoints.edge.presenters import present_subscription
from entrypoints.edge.viewing import present_videos
from entrypoints.http.channels import existing_channel
from entrypoints.http.service import (
    PageQuery,
    Service,
    Strict,
    Text,
    list_of,
    page_request,
    validated,
)
from videohub_core.shared.ids import ID_PATTERN
from videohub_core.subscriptions.entities import Bell
from videohub_core.subscriptions.errors import OwnChannel

subscription = Service(
    name="channels.subscription",
    path=f"/api/v1/channels/{{channel_id:{ID_PATTERN}}}/subscription",
    description="Whether the caller follows a channel",
)
my_subscriptions = Service(
    name="me.subscriptions",
    path="/api/v1/me/subscriptions",
    description="The channels that the caller follows",
)
my_feed = Service(
    name="me.feed", path="/api/v1/me/feed", description="What is new of what the caller follows"
)


class Following(Strict):
    bell = colander.SchemaNode(
        Text(), missing=None, validator=colander.OneOf([bell.value for bell in Bell])
    )


class FollowingInput(colander.MappingSchema):
    body = Following(missing={})


class ListInput(colander.MappingSchema):
    querystring = PageQuery()


def others_channel(request: Request, **arguments: Any) -> None:
    """Validator: 404 and 403 come before what is wrong with the input."""
    existing_channel(request, **arguments)
    if request.validated["channel"].user_id == request.actor.id:
        raise OwnChannel


@subscription.put(
    schema=FollowingInput(),
    permission="member",
    validators=(others_channel, validated),
    tags=["subscriptions", "channels"],
    operation_id="follow_channel",
    response_schemas={204: Answer("The caller follows the channel.")},
)
def put_subscription(request: Request) -> Response:
    """Follow the channel, or change the bell: following twice is following once.

    The bell says whether the caller is told of new videos. Without one, or without a body,
    it is `all` for a new subscription and stays what it is for another. Nobody can follow
    their own channel (403 `own_channel`).
    """
    bell = request.validated["body"]["bell"]
    request.container.follow_channel()(
        actor=request.actor,
        channel_id=request.matchdict["channel_id"],
        bell=Bell(bell) if bell else None,
    )
    return HTTPNoContent()


@subscription.delete(
    permission="member",
    validators=(existing_channel, validated),
    tags=["subscriptions", "channels"],
    operation_id="unfollow_channel",
    response_schemas={204: Answer("The caller does not follow the channel.")},
)
def delete_subscription(request: Request) -> Response:
    """Stop following the channel, if the caller does."""
    request.container.unfollow_channel()(
        actor=request.actor, channel_id=request.matchdict["channel_id"]
    )
    return HTTPNoContent()


@my_subscriptions.get(
    schema=ListInput(),
    permission="member",
    validators=(validated,),
    tags=["subscriptions"],
    operation_id="list_my_subscriptions",
    field_rules=fields.PAGE,
    response_schemas={
        200: Answer("A page of subscriptions.", shapes.SubscriptionList(), ("Link",))
    },
)
def get_my_subscriptions(request: Request) -> dict[str, Any]:
    """The channels that the caller follows, followed last first."""
    page = request.container.list_subscriptions()(
        actor=request.actor, page=page_request(request)
    )
    return list_of(request, [present_subscription(one) for one in page.items], page.next)


@my_feed.get(
    schema=ListInput(),
    permission="member",
    validators=(validated,),
    tags=["subscriptions", "videos"],
    operation_id="get_my_feed",
    field_rules=fields.PAGE,
    response_schemas={200: Answer("A page of videos.", shapes.VideoList(), ("Link",))},
)
def get_my_feed(request: Request) -> dict[str, Any]:
    """The public videos of the channels that the caller follows, freshest first."""
    page = request.container.read_feed()(actor=request.actor, page=page_request(request))
    items = present_videos(request.container, request.actor, page.items)
    return list_of(request, items, page.next)

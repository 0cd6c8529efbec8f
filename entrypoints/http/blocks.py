"""A member's block list."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.httpexceptions import HTTPNoContent
from pyramid.request import Request
from pyramid.response import Response

from entrypoints.edge import fields, shapes
from entrypoints.edge.operations import Answer, problem
from entrypoints.edge.presenters import present_block
from entrypoints.http.service import PageQuery, Service, list_of, page_request, validated
from videohub_core.shared.ids import ID_PATTERN

my_blocks = Service(
    name="me.blocks", path="/api/v1/me/blocks", description="The people whom the caller blocked"
)
my_block = Service(
    name="me.block",
    path=f"/api/v1/me/blocks/{{user_id:{ID_PATTERN}}}",
    description="Whether the caller has blocked somebody",
)


class ListInput(colander.MappingSchema):
    querystring = PageQuery()


def existing_user(request: Request, **_arguments: Any) -> None:
    """Validator: 404 comes before what is wrong with the query."""
    request.container.read_user()(user_id=request.matchdict["user_id"])


@my_blocks.get(
    schema=ListInput(),
    permission="member",
    validators=(validated,),
    tags=["blocks"],
    operation_id="list_my_blocks",
    field_rules=fields.PAGE,
    response_schemas={200: Answer("A page of blocked people.", shapes.BlockList(), ("Link",))},
)
def get_my_blocks(request: Request) -> dict[str, Any]:
    """The people whom the caller has blocked, blocked last first. Nobody else is told."""
    page = request.container.list_blocked()(actor=request.actor, page=page_request(request))
    return list_of(request, [present_block(one) for one in page.items], page.next)


@my_block.put(
    permission="member",
    validators=(existing_user, validated),
    tags=["blocks", "users"],
    operation_id="block_user",
    response_schemas={204: Answer("They are blocked."), 409: problem(409)},
)
def put_my_block(request: Request) -> Response:
    """Block somebody; blocking twice is blocking once.

    What they say is left out of the lists of comments that the caller reads. Nobody blocks
    themselves (409 `not_yourself`) or more than 1,000 people (409 `too_many_blocks`).
    """
    request.container.block_user()(actor=request.actor, user_id=request.matchdict["user_id"])
    return HTTPNoContent()


@my_block.delete(
    permission="member",
    validators=(existing_user, validated),
    tags=["blocks", "users"],
    operation_id="unblock_user",
    response_schemas={204: Answer("They are not blocked.")},
)
def delete_my_block(request: Request) -> Response:
    """Block somebody no more, if the caller did."""
    request.container.unblock_user()(actor=request.actor, user_id=request.matchdict["user_id"])
    return HTTPNoContent()

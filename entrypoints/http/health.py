"""Whether the hub lives, and whether it can work."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request

from entrypoints.edge import shapes
from entrypoints.edge.operations import Answer
from entrypoints.http.service import Service, validated
from videohub_core.shared.errors import Unavailable

live = Service(name="health.live", path="/health/live", description="Whether the process runs")
ready = Service(
    name="health.ready", path="/health/ready", description="Whether the hub can do its work"
)


@live.get(
    permission="alive",
    validators=(validated,),
    tags=["health"],
    operation_id="check_liveness",
    response_schemas={200: Answer("The process runs.", shapes.Health())},
)
def get_live(_request: Request) -> dict[str, Any]:
    """Answer, which is all there is to it."""
    return {"status": "ok"}


@ready.get(
    permission="anyone",
    validators=(validated,),
    tags=["health"],
    operation_id="check_readiness",
    response_schemas={200: Answer("The hub can do its work.", shapes.Health())},
)
def get_ready(request: Request) -> dict[str, Any]:
    """Answer 200 if the database answers and has the schema of this release."""
    if not request.container.schema_is_current():
        raise Unavailable("The database has not been migrated to this release.")
    return {"status": "ok"}

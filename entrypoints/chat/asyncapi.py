"""The chat described as AsyncAPI 3: made of the frames that validate what comes.

Source: AsyncAPI 3.0.0, https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from entrypoints.chat.frames import CLIENT_FRAMES, ClientFrame
from entrypoints.chat.server_frames import ANSWERS, SERVER_FRAMES
from entrypoints.edge.actor import session_cookie

CONTENT_TYPE = "application/vnd.aai.asyncapi+json;version=3.0.0"
_ABOUT = """One websocket carries every room of a member, as subprotocol `hub.v1`: one JSON
object in each text message, of at most 64 KiB.

A browser is known by its session cookie, and its Origin has to be the hub's. Other clients
send `Authorization: Bearer`, or an `auth` frame within 5 seconds.

Each frame of a client has an `id`, and is answered by a frame whose `re` is that number. The
messages of a room that is subscribed to come in the order of their `index`, each once, none
left out; `subscribe` with `after` first sends what was missed. A message is stored before
anybody gets it. Sent again with the same `client_id`, it is the same message.

The socket closes with 4400 (what came was no frame, three times), 4401 (not known, or not any
more), 4403 (banned), 4408 (too slow), 4429 (too much at once), 1003 (bytes) or 1009 (a frame
over 64 KiB). A room ends with a `goodbye` frame.
"""


def make_document(public_url: str, *, behind_tls: bool) -> dict[str, Any]:
    """Return the document."""
    documented = (*CLIENT_FRAMES, *SERVER_FRAMES, *ANSWERS)
    _, schemas = msgspec.json.schema_components(
        documented, ref_template="#/components/schemas/{name}"
    )
    names = [kind.__name__ for kind in documented]
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Video Hub: chat", "version": "1", "description": _ABOUT},
        "defaultContentType": "application/json",
        "servers": {
            "hub": {
                "host": urlsplit(public_url).netloc,
                "protocol": "wss" if behind_tls else "ws",
                "security": [
                    {"$ref": f"#/components/securitySchemes/{name}"}
                    for name in ("session", "bearer")
                ],
            }
        },
        "channels": {
            "chat": {
                "address": "/websocket/chat",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
                "bindings": {"ws": {"method": "GET"}},
            }
        },
        "operations": {
            **{_op(kind): _asked(kind) for kind in CLIENT_FRAMES},
            **{f"on_{_op(kind)}": _sent(kind) for kind in SERVER_FRAMES},
        },
        "components": {
            "messages": {kind.__name__: _message(kind, schemas) for kind in documented},
            "schemas": schemas,
            "securitySchemes": {
                "session": {
                    "type": "httpApiKey",
                    "in": "cookie",
                    "name": session_cookie(behind_tls=behind_tls),
                },
                "bearer": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _message(kind: type[Struct], schemas: dict[str, Any]) -> dict[str, Any]:
    name = kind.__name__
    summary, _, more = str(schemas[name].get("description", "")).partition("\n\n")
    return {
        "name": name,
        "summary": summary,
        **({"description": more} if more else {}),
        "payload": {"$ref": f"#/components/schemas/{name}"},
    }


def _op(kind: type[Struct]) -> str:
    return str(kind.__struct_config__.tag)


def _in_channel(kind: type[Struct]) -> dict[str, str]:
    return {"$ref": f"#/channels/chat/messages/{kind.__name__}"}


def _asked(kind: type[ClientFrame]) -> dict[str, Any]:
    return {
        "action": "receive",
        "channel": {"$ref": "#/channels/chat"},
        "messages": [_in_channel(kind)],
        "reply": {
            "channel": {"$ref": "#/channels/chat"},
            "messages": [_in_channel(answer) for answer in ANSWERS],
        },
    }


def _sent(kind: type[Struct]) -> dict[str, Any]:
    return {
        "action": "send",
        "channel": {"$ref": "#/channels/chat"},
        "messages": [_in_channel(kind)],
    }

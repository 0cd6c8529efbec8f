"""Structured logs: one line an event, each with its request's id, never a secret.

Paths are logged without their query and without the secret of a mailed link, headers and
bodies not at all: that is where credentials and addresses of people are.
"""

from __future__ import annotations

import logging
import re
import sys
from contextvars import ContextVar

from pythonjsonlogger.orjson import OrjsonFormatter

from entrypoints.settings import Settings

request_id_of_context: ContextVar[str | None] = ContextVar("request_id", default=None)

_SECRET_IN_PATH = re.compile(r"(/api/v1/(?:email-verifications|password-resets)/).+")
_access = logging.getLogger("videohub.access")
_SLOW_TO_SAY = ("tornado.access", "alembic", "huey", "sqlalchemy.engine")


def configure_logs(settings: Settings) -> None:
    """Write the process's log to standard error: lines for people in development, else JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_with_request_id)
    if settings.development:
        layout = "%(asctime)s %(levelname)-7s %(name)s: %(message)s%(suffix)s"
        handler.setFormatter(logging.Formatter(layout, "%H:%M:%S"))
    else:
        handler.setFormatter(
            OrjsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s")
        )
    # Nobody reads them here, and each takes as long as the message (Logging Cookbook).
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _SLOW_TO_SAY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # Its lines would repeat ours, with the query and without the request id.
    logging.getLogger("tornado.access").propagate = False


def log_access(
    *, method: str, path: str, status: int, seconds: float, request_id: str, user_id: str | None
) -> None:
    """Log an answered request."""
    _access.info(
        "%s %s %d %.0f ms",
        method,
        _printable(_SECRET_IN_PATH.sub(r"\1***", path)),
        status,
        seconds * 1000,
        extra={"request_id": request_id, "user_id": user_id, "status": status},
    )


def _printable(text: str) -> str:
    """Escape what could pass for a line of the log, or for a command to a terminal."""
    if text.isascii() and text.isprintable() and " " not in text:
        return text
    return "".join(c if " " < c < "\x7f" else f"\\x{ord(c):02x}" for c in text)


def _with_request_id(record: logging.LogRecord) -> bool:
    request_id = getattr(record, "request_id", None) or request_id_of_context.get()
    record.request_id = request_id
    record.suffix = f" [{request_id}]" if request_id else ""
    return True

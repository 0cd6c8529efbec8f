"""The Tornado application; `entrypoints/edge/streamed.py` says what comes here."""

from __future__ import annotations

import logging
from concurrent.futures import Executor
from typing import Any

from tornado.web import Application

from entrypoints.streams.export import ExportHandler
from entrypoints.streams.media import MediaHandler, NoMediaHandler
from entrypoints.streams.resumable import UPLOADS, UploadHandler, UploadsHandler, Writers
from entrypoints.streams.uploads import FormUploadHandler, VideoUploadHandler
from videohub_core.shared.ids import ID_PATTERN


def make_streams(
    container: Any, executor: Executor, store_executor: Executor | None = None
) -> Application:
    """Return the Tornado application; `executor` runs what blocks.

    What waits for a store elsewhere is for `store_executor`.
    """
    parts = {"container": container, "executor": executor}
    media = {**parts, "store_executor": store_executor or executor}
    writers = Writers()
    return Application(
        [
            (r"/api/v1/videos", VideoUploadHandler, parts),
            (r"/upload", FormUploadHandler, parts),
            (r"/api/v1/me/export", ExportHandler, parts),
            (UPLOADS, UploadsHandler, {**parts, "writers": writers}),
            (rf"{UPLOADS}/({ID_PATTERN})", UploadHandler, {**parts, "writers": writers}),
            (rf"/media/({ID_PATTERN})/([A-Za-z0-9_-]+\.[a-z0-9]+)", MediaHandler, media),
            (r"/media/.*", NoMediaHandler, parts),
        ],
        hub_settings=container.settings(),
        log_function=_logged_already,
    )


def _logged_already(_handler: Any) -> None:
    logging.getLogger("tornado.access").debug("the edge logs requests itself")

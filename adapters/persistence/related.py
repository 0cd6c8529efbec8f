"""What goes with a video: a few selects, each of a bounded number of rows of an index.

Who watched is known for thirty days, and so that is how far back this looks.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from adapters.persistence.among import Among
from adapters.persistence.database import Database
from adapters.persistence.prepared import Prepared
from adapters.persistence.video_lists import FOR_EVERYONE, IS_PUBLISHED, LISTED
from adapters.persistence.video_rows import video_tags, video_view, videos
from adapters.persistence.views import video_views
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import VideoId
from videohub_core.videos.entities import Visibility
from videohub_core.videos.ports import VideoView
from videohub_core.views.entities import MEMBER
from videohub_core.views.ports import Likeness, WarmVideo

_OF_TAG_MOST = 200
_OF_CHANNEL_MOST = 50
_VIEWERS_MOST = 20
_SEEN_MOST = 20

OF_TAG = Prepared(
    select(video_tags.c.video_id)
    .where(video_tags.c.tag == bindparam("tag"))
    .order_by(video_tags.c.published_at.desc(), video_tags.c.video_id.desc())
    .limit(_OF_TAG_MOST)
)
OF_CHANNEL = Prepared(
    select(videos.c.id)
    .where(
        videos.c.channel_id == bindparam("channel_id"),
        *FOR_EVERYONE,
        IS_PUBLISHED,
    )
    .order_by(videos.c.published_at.desc(), videos.c.id.desc())
    .limit(_OF_CHANNEL_MOST)
)
VIEWERS = Prepared(
    select(video_views.c.viewer)
    .where(
        video_views.c.video_id == bindparam("video_id"),
        # Strangers could be anybody, several times.
        video_views.c.viewer.between(MEMBER, MEMBER + "~"),
    )
    .limit(_VIEWERS_MOST)
)
SEEN = Prepared(
    select(video_views.c.video_id)
    .where(video_views.c.viewer == bindparam("viewer"))
    .order_by(video_views.c.at.desc())
    .limit(_SEEN_MOST)
)
_LISTED = Prepared(LISTED.where(Among(videos.c.id, "ids")).add_columns(videos.c.heat))


class SqlRelatedReader:
    """`RelatedReader` by Core selects that are built once."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def like(self, video: VideoView) -> Likeness:
        of_video = {"video_id": video.id}
        viewers = []
        if video.visibility is Visibility.PUBLIC:
            viewers = [row[0] for row in VIEWERS.rows(self._database, of_video)]
        return Likeness(
            [self._ids(OF_TAG, tag=tag) for tag in video.tags],
            self._ids(OF_CHANNEL, channel_id=video.channel.id),
            [one for viewer in viewers for one in self._ids(SEEN, viewer=viewer)],
            len(viewers),
        )

    def listed(self, ids: Sequence[VideoId]) -> Sequence[WarmVideo]:
        rows = _LISTED.rows(self._database, {"ids": ids, "now": self._clock.now()})
        return [WarmVideo(video_view(row[:-1]), row[-1] or 0.0) for row in rows]

    def _ids(self, select_: Prepared, **values: object) -> Sequence[VideoId]:
        return [VideoId(row[0]) for row in select_.rows(self._database, values)]

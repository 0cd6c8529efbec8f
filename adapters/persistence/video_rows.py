"""Uploads, videos and their tags as rows, and a video as it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    column,
    false,
    select,
    table,
    true,
)
from sqlalchemy.orm import column_property

from adapters.persistence.channels import channels
from adapters.persistence.metadata import (
    JsonOf,
    UtcDateTime,
    enum_column_type,
    id_column_type,
    mapper_registry,
)
from videohub_core.accounts.ports import ChannelRef
from videohub_core.moderation.entities import ReportKind, ReportState
from videohub_core.videos.entities import (
    HIDDEN_REASON_MOST,
    ORIGIN_MOST,
    TAG_MOST,
    TITLE_MOST,
    Captions,
    ProcessingState,
    Rendition,
    Storyboard,
    Upload,
    Video,
    Visibility,
)
from videohub_core.videos.ports import VideoView

videos = Table(
    "videos",
    mapper_registry.metadata,
    Column("id", id_column_type(), primary_key=True),
    Column(
        "channel_id",
        id_column_type(),
        ForeignKey("channels.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column(
        "owner_id", id_column_type(), ForeignKey("users.id", ondelete="CASCADE"), nullable=False
    ),
    Column("title", String(TITLE_MOST), nullable=False),
    Column("description", Text, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("visibility", enum_column_type(Visibility), nullable=False),
    Column("upload_date", UtcDateTime, nullable=False),
    Column("published_at", UtcDateTime),
    Column("state", enum_column_type(ProcessingState), nullable=False),
    Column("failure", String(50)),
    Column("failure_detail", String(500)),
    Column("duration", Float),
    Column("width", Integer),
    Column("height", Integer),
    Column("size", BigInteger, nullable=False),
    Column("original", String(200)),
    Column("origin", String(ORIGIN_MOST)),
    Column("dated", UtcDateTime),
    Column("video_file", String(200)),
    Column("poster", String(200)),
    Column("poster_chosen", Boolean, nullable=False, server_default=false()),
    Column("renditions", JsonOf(Rendition), nullable=False, server_default="[]"),
    Column("storyboard", JsonOf(Storyboard, many=False)),
    Column("captions", JsonOf(Captions), nullable=False, server_default="[]"),
    Column("progress", Float),
    Column("seconds_left", Float),
    Column("video_file_size", BigInteger, nullable=False, server_default="0"),
    Column("stored", BigInteger, nullable=False, server_default="0"),
    Column("comments_allowed", Boolean, nullable=False, server_default=true()),
    Column("views", Integer, nullable=False, server_default="0"),
    Column("likes", Integer, nullable=False, server_default="0"),
    Column("comments", Integer, nullable=False, server_default="0"),
    Column("heat", Float),
    Column("hidden_at", UtcDateTime),
    Column("hidden_reason", String(HIDDEN_REASON_MOST)),
    Index("ix_videos_public", "visibility", "published_at", "id"),
    # With the last column it tells all that the feed asks of a channel.
    Index("ix_videos_channel", "channel_id", "visibility", "published_at", "id", "hidden_at"),
    Index("ix_videos_views", "visibility", "views", "id"),
    Index("ix_videos_heat", "visibility", "heat", "id"),
    Index("ix_videos_channel_views", "channel_id", "visibility", "views", "id"),
    Index("ix_videos_channel_heat", "channel_id", "visibility", "heat", "id"),
    Index("ix_videos_owner", "owner_id", "upload_date", "id"),
    # Not a constraint: to add one, SQLite would copy the table.
    Index("uq_videos_owner_id_origin", "owner_id", "origin", unique=True),
)

uploads = Table(
    "uploads",
    mapper_registry.metadata,
    Column("id", id_column_type(), primary_key=True),
    Column(
        "user_id",
        id_column_type(),
        ForeignKey("users.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("created", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("length", BigInteger, nullable=False),
    Column("size", BigInteger),
    Column("resumable", Boolean, nullable=False, server_default=false()),
    Column("metadata", Text),
)

video_tags = Table(
    "video_tags",
    mapper_registry.metadata,
    Column(
        "video_id",
        id_column_type(),
        ForeignKey("videos.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("tag", String(TAG_MOST), primary_key=True),
    Column("published_at", UtcDateTime, nullable=False),
    Index("ix_video_tags_tag", "tag", "published_at", "video_id"),
)


# Of the table of reports no more than this, which refers to this module.
_reports = table("reports", column("kind"), column("subject_id"), column("state"))
IS_REPORTED = (
    select(_reports.c.subject_id)
    .where(
        _reports.c.kind == ReportKind.VIDEO.value,
        _reports.c.subject_id == videos.c.id,
        _reports.c.state == ReportState.OPEN.value,
    )
    .correlate(videos)
    .exists()
)


def map_videos() -> None:
    properties = {"is_reported": column_property(IS_REPORTED)}
    mapper_registry.map_imperatively(Video, videos, properties=properties)
    mapper_registry.map_imperatively(Upload, uploads)


# Each video has a channel. An outer join keeps SQLite from hashing all channels for a page of
# videos, as it does for a condition on channels once it has statistics.
VIDEO_VIEW = select(
    videos.c.id,
    videos.c.owner_id,
    videos.c.channel_id,
    channels.c.title.label("channel_title"),
    videos.c.title,
    videos.c.description,
    videos.c.tags,
    videos.c.visibility,
    videos.c.upload_date,
    videos.c.published_at,
    videos.c.state,
    videos.c.failure,
    videos.c.failure_detail,
    videos.c.duration,
    videos.c.width,
    videos.c.height,
    videos.c.size,
    videos.c.video_file,
    videos.c.poster,
    videos.c.original,
    videos.c.renditions,
    videos.c.storyboard,
    videos.c.captions,
    videos.c.progress,
    videos.c.seconds_left,
    videos.c.comments_allowed,
    videos.c.views,
    videos.c.likes,
    videos.c.comments,
    videos.c.hidden_at,
    videos.c.hidden_reason,
).outerjoin(channels, channels.c.id == videos.c.channel_id)


def video_view(row: Sequence[Any]) -> VideoView:
    """Return the view of a row of `VIDEO_VIEW`, whose columns have the fields' order."""
    id_, owner_id, channel_id, channel_title, *rest = row
    return VideoView(id_, owner_id, ChannelRef(channel_id, channel_title), *rest)

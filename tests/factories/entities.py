"""Entities with sensible fields, for tests that care about one of them."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from videohub_core.accounts.entities import User
from videohub_core.channels.entities import Channel
from videohub_core.jobs.entities import Job, JobKind
from videohub_core.shared.ids import ChannelId, JobId, UploadId, UserId, VideoId
from videohub_core.videos.entities import MediaKey, Upload, Video, Visibility

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)

_numbers = count(1)


def new_id(kind: str) -> str:
    return f"{kind}{next(_numbers):0{16 - len(kind)}}"


def make_user(**fields: Any) -> User:
    id_ = UserId(new_id("user"))
    return User(
        **{
            "id": id_,
            "email": f"{id_}@example.test",
            "display_name": "Анна Ёлкина",
            "created": NOW,
            **fields,
        }
    )


def make_channel(user: User, **fields: Any) -> Channel:
    made = {"id": ChannelId(new_id("chan")), "user_id": user.id, "title": user.display_name}
    return Channel(**{**made, "created": NOW, **fields})


def make_video(channel: Channel, **fields: Any) -> Video:
    id_ = VideoId(new_id("video"))
    return Video(
        **{
            "id": id_,
            "channel_id": channel.id,
            "owner_id": channel.user_id,
            "title": "Узлы / Knots",
            "description": "",
            "visibility": Visibility.PUBLIC,
            "upload_date": NOW,
            "size": 1000,
            "stored": fields.get("size", 1000),
            "original": MediaKey(f"originals/{id_}"),
            **fields,
        }
    )


def make_upload(user: User, **fields: Any) -> Upload:
    id_ = UploadId(new_id("upload"))
    return Upload(
        **{
            "id": id_,
            "user_id": user.id,
            "created": NOW,
            "expires_at": NOW,
            "length": 10,
            **fields,
        }
    )


def make_job(**fields: Any) -> Job:
    return Job(
        **{
            "id": JobId(new_id("job")),
            "kind": JobKind.PROCESS_VIDEO,
            "subject": "video00000000001",
            "created": NOW,
            "next_at": NOW,
            **fields,
        }
    )

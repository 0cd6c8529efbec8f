"""Keep a video's words where search looks for them."""

from __future__ import annotations

from videohub_core.search.entities import words_of
from videohub_core.search.ports import SearchUnitOfWork
from videohub_core.videos.events import VideoCreated, VideoEdited


class IndexVideo:
    """Reaction to `VideoCreated` and `VideoEdited`: the words change with the video."""

    def __call__(self, uow: SearchUnitOfWork, event: VideoCreated | VideoEdited) -> None:
        video = uow.videos.get(event.video_id)
        if video is not None:
            words = words_of(f"{video.title}\n{video.description}")
            uow.search_index.put(video.id, list(dict.fromkeys(words)))

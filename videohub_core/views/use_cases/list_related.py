"""Find what to watch after a video."""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import VideoId
from videohub_core.shared.paging import PAGE_LIMIT, PageRequest
from videohub_core.videos.policies import visible_video
from videohub_core.videos.ports import VideoReader, VideoSort, VideoView
from videohub_core.views.ports import Likeness, RelatedReader

RELATED_MOST = 50

# Of a tag that only two videos have, a video gets 0.63 of this; of one that 200 have, 0.13.
_TAG = 1.0
_CHANNEL = 0.3
# Of what every viewer watched as well.
_VIEWERS = 2.0
VIEWERS_LEAST = 3
"""Of so many members at least it is said what they watched as well."""
_LOOKED_AT_MOST = 3 * RELATED_MOST


class ListRelated:
    """Return listed videos that go with one, the most alike first, then what is trending."""

    def __init__(self, reader: VideoReader, related: RelatedReader) -> None:
        self._reader = reader
        self._related = related

    def __call__(
        self, *, actor: Actor | None, video_id: VideoId, limit: int = PAGE_LIMIT
    ) -> Sequence[VideoView]:
        """Raise NoSuchVideo."""
        video = visible_video(self._reader, actor, video_id)
        scores = _scores(self._related.like(video))
        others = [one for one in scores if one != video.id]
        best = heapq.nlargest(_LOOKED_AT_MOST, others, key=lambda one: (scores[one], one))
        warm = sorted(
            self._related.listed(best) if best else (),
            key=lambda one: (scores[one.video.id], one.heat),
            reverse=True,
        )
        found = [one.video for one in warm[:limit]]
        if len(found) < limit:
            there = {video.id, *(one.id for one in found)}
            page = self._reader.listed(PageRequest(2 * limit + 1), sort=VideoSort.TRENDING)
            trending = [one for one in page.items if one.id not in there]
            found += trending[: limit - len(found)]
        return found


def _scores(like: Likeness) -> Mapping[VideoId, float]:
    scores: dict[VideoId, float] = defaultdict(float)

    def add(ids: Sequence[VideoId], weight: float) -> None:
        for one in ids:
            scores[one] += weight

    for ids in like.by_tag:
        add(ids, _TAG / math.log2(len(ids) + 1) if ids else 0)
    add(like.of_channel, _CHANNEL)
    seen = Counter(like.seen_by_viewers)
    # What fewer have watched besides would tell what one of them did.
    common = [one for one in like.seen_by_viewers if seen[one] >= VIEWERS_LEAST]
    add(common, _VIEWERS / max(like.viewers, 1))
    return scores

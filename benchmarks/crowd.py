"""What a community does with its videos: it likes, follows, comments and watches.

Most videos are hardly noticed and a few by everybody: how often is Pareto-distributed. Each
video has about two comments and three likes; one member follows a thousand channels.
"""

from __future__ import annotations

import random
import string
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from benchmarks.text import Writer

_SEED = 20_260_102
_UNEQUAL = 1.4
"""The exponent of the distributions: the smaller, the more unequal."""
_VIEWS_A_LIKE = 20
_VIEWERS_MOST = 3
_FOLLOWS_MOST = 40
FOLLOWED = 1_000
"""How many channels the member follows who follows the most."""
_REPLY_SHARE = 0.2
_ID = string.digits + string.ascii_letters


class Crowd:
    """Makes rows of what users do; `likes`, `comments`, `views`, `subscribers` count it."""

    def __init__(self, videos: int, users: Sequence[str], channels: Sequence[str]) -> None:
        self._rng = rng = random.Random(_SEED)
        self._writer = Writer(rng)
        self._users, self._channels = users, channels
        most = len(users) // 2
        self.likes = array("i", (_often(rng, 1, most) for _ in range(videos)))
        self.comments = array("i", (_often(rng, 0, most // 2) for _ in range(videos)))
        self.views = array("i", (_VIEWS_A_LIKE * likes for likes in self.likes))
        self._follows = list(self._followers())
        self.subscribers = Counter(channel_id for _, channel_id in self._follows)

    def likes_of(self, videos: Sequence[tuple[str, datetime]]) -> Iterator[dict[str, Any]]:
        for (video_id, at), count in zip(videos, self.likes, strict=True):
            for number, user_id in enumerate(self._rng.sample(self._users, count)):
                created = at + timedelta(minutes=number)
                yield {"video_id": video_id, "user_id": user_id, "created": created}

    def views_of(self, videos: Sequence[tuple[str, datetime]]) -> Iterator[dict[str, Any]]:
        """The last ones of each video by whom, the older ones together."""
        for (video_id, at), likes, views in zip(videos, self.likes, self.views, strict=True):
            viewers = self._rng.sample(self._users, min(likes, _VIEWERS_MOST))
            for viewer in viewers:
                yield {"video_id": video_id, "viewer": viewer, "at": at, "count": 1}
            rest = views - len(viewers)
            yield {"video_id": video_id, "viewer": "", "at": at, "count": rest}

    def comments_of(self, videos: Sequence[tuple[str, datetime]]) -> Iterator[dict[str, Any]]:
        for (video_id, at), count in zip(videos, self.comments, strict=True):
            yield from self._comments(video_id, at, count)

    def _comments(self, video_id: str, at: datetime, count: int) -> Iterator[dict[str, Any]]:
        rng = self._rng
        replies = int(count * _REPLY_SHARE)
        first = ""
        for number in range(count):
            comment_id = "".join(rng.choices(_ID, k=16))
            first = first or comment_id
            is_reply = 0 < number <= replies
            text = self._writer.words(rng.randint(3, 25), self._writer.language())
            yield {
                "id": comment_id,
                "video_id": video_id,
                "user_id": rng.choice(self._users),
                "reply_to": first if is_reply else None,
                "thread": first if is_reply else video_id,
                "text": " ".join(text),
                "created": at + timedelta(minutes=number),
                "replies": replies if number == 0 else 0,
                "deleted": False,
            }

    def subscriptions(self, since: datetime) -> Iterator[dict[str, Any]]:
        for user_id, channel_id in self._follows:
            yield {"user_id": user_id, "channel_id": channel_id, "bell": "all", "since": since}

    def _followers(self) -> Iterator[tuple[str, str]]:
        """Each follows some channels, the first user many."""
        for number, user_id in enumerate(self._users):
            count = self._rng.randint(0, _FOLLOWS_MOST) if number else FOLLOWED
            for channel_id in self._rng.sample(self._channels, count):
                yield user_id, channel_id


def _often(rng: random.Random, least: int, most: int) -> int:
    return min(int(rng.paretovariate(_UNEQUAL)) - 1 + least, most)

"""How warm a video is."""

from __future__ import annotations

from datetime import timedelta

from tests.factories.entities import NOW
from videohub_core.videos.heat import LIKE, PUBLISHED, unliked, warmed, warmth


def test_what_fell_far_below_a_like_bears_its_end() -> None:
    """Another like, taken back, has let the heat of an old video fall to where it began."""
    published = NOW - timedelta(days=20 * 365)
    heat = warmth(published, PUBLISHED)
    liked = NOW - timedelta(days=70)
    both = warmed(warmed(heat, liked, LIKE), NOW, LIKE)
    left = unliked(both, NOW, published)
    assert left == heat
    assert unliked(left, liked, published) == heat

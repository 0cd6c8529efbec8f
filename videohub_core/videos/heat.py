"""How warm a video is: what is watched and liked now ranks above what was.

Each view, like, and the publishing itself counts as a weight that halves every
`HALF_LIFE`. The heat is the logarithm to base 2 of their sum, as of 1970:

    heat = log2(sum(weight * 2 ** (time / HALF_LIFE)))

All weights fade alike, so that the order of two heats never changes by waiting: nothing has
to be reckoned again as time goes by, and a list by heat is an index. (Forward decay: Cormode
et al., "Forward Decay", ICDE 2009.)
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

HALF_LIFE = timedelta(days=2)
PUBLISHED = 1.0
VIEW = 1.0
LIKE = 3.0
_NOTHING = 1e-9
"""A share of the sum that is not more than what reckoning with fractions leaves over."""


def warmth(at: datetime, weight: float) -> float:
    """Return the heat of one thing that happened."""
    return at.timestamp() / HALF_LIFE.total_seconds() + math.log2(weight)


def warmed(heat: float | None, at: datetime, weight: float) -> float:
    """Return a heat after something that happened; `weight` is above 0."""
    added = warmth(at, weight)
    if heat is None:
        return added
    high, low = max(heat, added), min(heat, added)
    return high + math.log2(1 + 2 ** (low - high))


def unliked(heat: float | None, at: datetime, published_at: datetime | None) -> float | None:
    """Return a heat as if a like had not been given."""
    if heat is None:
        return None
    least = warmth(published_at, PUBLISHED) if published_at else -math.inf
    left = cooled(heat, at, LIKE, least)
    return left if math.isfinite(left) else None


def cooled(heat: float, at: datetime, weight: float, least: float) -> float:
    """Return a heat as if something had not happened, and at least so much."""
    share = warmth(at, weight) - heat
    # What is warmer than all there is has been taken off already, up to what fractions leave.
    rest = 1 - 2**share if share < 0 else 0.0
    return max(heat + math.log2(rest), least) if rest > _NOTHING else least

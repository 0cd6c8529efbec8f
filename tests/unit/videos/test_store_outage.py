"""Who waits for a store that is away, and who is told so."""

from __future__ import annotations

import pytest

from adapters.media.s3_outage import Outage
from videohub_core.shared.errors import Unavailable


def test_one_at_a_time_finds_out_whether_a_store_is_back() -> None:
    now = 0.0
    outage = Outage(5.0, lambda: now)
    outage.check()
    outage.began()
    now = 4.9
    with pytest.raises(Unavailable):
        outage.check()
    now = 5.0
    outage.check()
    with pytest.raises(Unavailable):
        outage.check()
    outage.ended()
    for _ in range(2):
        outage.check()

"""Which qualities a video gets, and in which order they are made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from videohub_core.videos.use_cases.ladder import batches, ladder


@pytest.mark.parametrize(
    ("width", "height", "names"),
    [
        (3840, 2160, ["1080p", "720p", "480p", "360p"]),
        (1920, 1080, ["1080p", "720p", "480p", "360p"]),
        (1280, 720, ["720p", "480p", "360p"]),
        (1280, 544, ["720p", "480p", "360p"]),
        (1600, 900, ["900p", "720p", "480p", "360p"]),
        (1080, 1920, ["1080p", "720p", "480p", "360p"]),
        (854, 480, ["480p", "360p"]),
        (1283, 721, ["720p", "480p", "360p"]),
        (640, 360, []),
        (2, 2, []),
    ],
)
def test_qualities_follow_from_the_size(width: int, height: int, names: list[str]) -> None:
    assert [rung.name for rung in ladder(width, height, 20_000_000)] == names


def test_a_portrait_stands_in_every_quality() -> None:
    sizes = [(rung.width, rung.height) for rung in ladder(1080, 1920, 8_000_000)]
    assert sizes == [(1080, 1920), (720, 1280), (480, 854), (360, 640)]


def test_what_takes_few_bits_needs_no_lower_quality() -> None:
    assert ladder(1920, 1080, 400_000) == []
    assert [rung.name for rung in ladder(1920, 1080, 800_000)] == ["1080p", "720p"]


SIDES = st.integers(1, 8192)


@given(width=SIDES, height=SIDES, bits=st.floats(1, 1e9))
def test_no_quality_is_larger_than_the_video_or_odd(
    width: int, height: int, bits: float
) -> None:
    rungs = ladder(width, height, bits)
    for rung in rungs:
        assert rung.width <= max(width, 2)
        assert rung.height <= max(height, 2)
        assert rung.width % 2 == rung.height % 2 == 0
        assert max(rung.width, rung.height) <= 1920
    pixels = [rung.width * rung.height for rung in rungs]
    assert pixels == sorted(set(pixels), reverse=True)
    assert len({rung.name for rung in rungs}) == len(rungs)


def test_short_videos_are_made_in_one_go_and_long_ones_step_by_step() -> None:
    rungs = ladder(1280, 720, 5_000_000)
    assert batches(rungs, 60) == [rungs]
    assert [[rung.name for rung in turn] for turn in batches(rungs, 7200)] == [
        ["360p"],
        ["480p"],
        ["720p"],
    ]
    assert batches([], 60) == []

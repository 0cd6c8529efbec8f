"""Another try, as the owner asks for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.videos.workshop import Workshop
from videohub_core.jobs.entities import JobKind
from videohub_core.videos.entities import MediaInfo, ProcessingState
from videohub_core.videos.errors import MediaRefused, NothingToRetry
from videohub_core.videos.use_cases.retry_processing import RetryProcessing


def retry(shop: Workshop) -> None:
    RetryProcessing(shop.storage.uow())(actor=shop.owner, video_id=shop.video_id)


def jobs(shop: Workshop) -> list[JobKind]:
    return [job.kind for job in shop.storage.rows.jobs.values()]


def test_what_crashed_is_processed_anew(shop: Workshop) -> None:
    shop.process(replace(shop.lease(), exhausted=True))
    retry(shop)
    assert (shop.video.state, shop.video.failure) == (ProcessingState.UPLOADED, None)
    retry(shop)
    (job,) = shop.storage.rows.jobs.values()
    shop.process(shop.lease(job))
    assert shop.video.state is ProcessingState.READY


def test_what_was_refused_is_refused_for_good(shop: Workshop) -> None:
    shop.holds(errors={"probe": MediaRefused("not_a_video")})
    shop.process()
    with pytest.raises(NothingToRetry):
        retry(shop)
    assert shop.video.state is ProcessingState.FAILED


def test_what_lacks_renditions_gets_them_and_nothing_else(shop: Workshop) -> None:
    shop.holds(info=MediaInfo(10.0, 1280, 720), video=bytes(4_000_000))
    shop.process()
    with shop.storage.uow() as uow:
        uow.jobs.remove(next(iter(shop.storage.rows.jobs.values())))
        video = uow.videos.get(shop.video_id)
        assert video is not None
        video.become_ready("renditions_failed")
        uow.commit()
    for _ in range(2):
        retry(shop)
        assert shop.video.state is ProcessingState.PROCESSING
        assert jobs(shop) == [JobKind.RENDER_VIDEO]


def test_what_is_complete_has_nothing_to_try(shop: Workshop) -> None:
    shop.process()
    with pytest.raises(NothingToRetry):
        retry(shop)
    assert jobs(shop) == []

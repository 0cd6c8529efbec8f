"""What becomes of the file that was sent, once its video is ready."""

from __future__ import annotations

import pytest

from tests.factories.entities import make_job
from tests.unit.videos.workshop import Workshop
from videohub_core.jobs.entities import JobKind
from videohub_core.videos.entities import ProcessingState
from videohub_core.videos.use_cases.delete_video import DeleteVideo
from videohub_core.videos.use_cases.drop_original import DropOriginal


@pytest.fixture
def ready(shop: Workshop) -> Workshop:
    shop.process()
    shop.job = make_job(
        kind=JobKind.SETTLE_ORIGINAL, subject=shop.video_id, next_at=shop.clock.now()
    )
    with shop.storage.uow() as uow:
        uow.jobs.add(shop.job)
        uow.commit()
    return shop


def drop(shop: Workshop) -> None:
    DropOriginal(shop.storage.uow(), shop.files, shop.clock)(lease=shop.lease())


def test_a_dropped_original_takes_no_room_and_the_video_plays(ready: Workshop) -> None:
    before = ready.video.stored
    drop(ready)
    assert ready.original not in ready.files.bytes
    assert ready.video.original is None
    assert ready.video.stored == before - ready.video.size
    assert ready.video.state is ProcessingState.READY
    assert ready.video.video_file in ready.made()
    assert ready.storage.rows.jobs == {}


def test_dropping_goes_on_where_it_was_interrupted(ready: Workshop) -> None:
    ready.files.remove(ready.original)
    drop(ready)
    assert ready.video.original is None


def test_the_original_of_a_video_deleted_meanwhile_goes_with_it(ready: Workshop) -> None:
    lease = ready.lease()
    DeleteVideo(ready.storage.uow())(actor=ready.owner, video_id=ready.video_id)
    DropOriginal(ready.storage.uow(), ready.files, ready.clock)(lease=lease)
    kinds = [job.kind for job in ready.storage.rows.jobs.values()]
    assert kinds == [JobKind.REMOVE_MEDIA]

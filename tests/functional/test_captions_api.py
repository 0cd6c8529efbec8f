"""Captions and posters over the API."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from entrypoints.container import Container
from tests.functional.browser import Browser, problem
from tests.samples import make_clip
from videohub_core.jobs.entities import JobKind
from videohub_core.shared.ids import VideoId
from videohub_core.videos.entities import (
    CAPTIONS_FILE_MOST,
    PICTURE_FILE_MOST,
    TRACKS_MOST,
    MediaKey,
    ProcessingState,
    Visibility,
)

Store = Callable[..., Any]
SUBRIP = "1\n00:00:01,000 --> 00:00:02,000\nДобрый вечер!\n"
VTT = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nДобрый вечер!\n"


def put(browser: Browser, path: str, data: bytes, status: int, kind: str = "text/vtt") -> Any:
    headers = {"X-CSRF-Token": browser.token(), "Content-Type": kind}
    return browser.http.put(path, data, status=status, headers=headers)


def text_of(container: Container, actor: Browser, video_id: str, name: str) -> str:
    viewer = container.account_reader().user(actor.id)
    opened = container.open_media()(
        actor=viewer and viewer.actor, video_id=VideoId(video_id), name=name
    )
    return contents(opened.content).decode()


def contents(file: Any) -> bytes:
    try:
        return os.pread(file.fileno(), file.size, 0)
    finally:
        file.close()


def picture(size: tuple[int, int] = (64, 36), kind: str = "PNG") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, (200, 0, 0)).save(made, kind)
    return made.getvalue()


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "cp1251", "koi8-r", "cp866"])
def test_captions_come_as_they_are_and_are_kept_as_webvtt(
    container: Container, anna: Browser, stranger: Browser, store_video: Store, codec: str
) -> None:
    video = store_video(anna)
    address = f"/api/v1/videos/{video.id}/captions"
    made = put(anna, f"{address}/RU", SUBRIP.encode(codec), 201, "application/x-subrip")
    item = {
        "language": "ru",
        "label": "Русский",
        "url": f"/media/{video.id}/captions-ru.vtt",
    }
    assert made.json == item
    assert made.headers["Location"].endswith(f"{address}/ru")
    assert stranger.get(made.headers["Location"]).json == item
    assert stranger.get(address).json == {"items": [item]}
    found = stranger.get(f"/api/v1/videos/{video.id}").json
    assert found["playback"]["captions"] == [item]
    assert text_of(container, anna, video.id, "captions-ru.vtt") == VTT


def test_captions_are_replaced_and_removed_with_their_files(
    container: Container, anna: Browser, store_video: Store
) -> None:
    video = store_video(anna)
    address = f"/api/v1/videos/{video.id}/captions/en-us"
    put(anna, address, VTT.encode(), 201)
    (first,) = container.media_store().of_video(video.id)
    put(anna, address, SUBRIP.encode(), 200, "text/plain")
    (removal,) = due(container, JobKind.REMOVE_FILE)
    finish(container, removal)
    (second,) = container.media_store().of_video(video.id)
    assert first != second
    with container.uow() as uow:
        stored = uow.videos.get(video.id)
        assert stored.captions[0].language == "en-US"
        assert stored.stored == stored.size + stored.captions[0].size
    anna.send("DELETE", address, status=204)
    problem(anna.send("DELETE", address, status=404), "no_such_captions")
    problem(anna.get(address, status=404), "no_such_captions")
    for job_id in due(container, JobKind.REMOVE_FILE):
        finish(container, job_id)
    assert list(container.media_store().of_video(video.id)) == []


def due(container: Container, kind: JobKind) -> list[Any]:
    return list(container.list_due_jobs()(kind=kind, limit=100))


def finish(container: Container, job_id: Any) -> None:
    lease = container.lease_job()(job_id=job_id, worker="test")
    container.remove_file()(lease=lease)


def test_what_is_refused_changes_nothing(
    container: Container, anna: Browser, store_video: Store
) -> None:
    video = store_video(anna)
    address = f"/api/v1/videos/{video.id}/captions/ru"
    put(anna, address, VTT.encode(), 201)
    wrong = b"WEBVTT\n\n00:01.000 --> 00:02.000\nA\n\n00:03.000 --> later\nB\n"
    refused = problem(put(anna, address, wrong, 400), "captions_refused")
    (error,) = refused["errors"]
    assert (error["pointer"], error["code"]) == ("/captions/6", "bad_time")
    assert "Line 6" in error["detail"]
    problem(put(anna, address, b"", 400), "captions_refused")
    problem(put(anna, address, b"{}", 415, "application/json"), "unsupported_media_type")
    large = b"WEBVTT\n\n" + b"\n" * CAPTIONS_FILE_MOST
    problem(put(anna, address, large, 413), "body_too_large")
    problem(put(anna, f"{address}?encoding=utf-7", b"", 400), "validation_failed")
    problem(put(anna, f"{address}?x=1", b"", 400), "unknown_field")
    unknown = put(anna, f"/api/v1/videos/{video.id}/captions/xx", VTT.encode(), 400)
    (error,) = problem(unknown, "validation_failed")["errors"]
    assert error["pointer"] == "/language"
    assert text_of(container, anna, video.id, "captions-ru.vtt") == VTT
    assert len(list(container.media_store().of_video(video.id))) == 1


def test_the_encoding_can_be_said(
    container: Container, anna: Browser, store_video: Store
) -> None:
    video = store_video(anna)
    address = f"/api/v1/videos/{video.id}/captions/en?encoding=windows-1251"
    put(anna, address, SUBRIP.encode("cp1251"), 201)
    assert text_of(container, anna, video.id, "captions-en.vtt") == VTT


def test_a_video_has_only_so_many_captions(
    container: Container, anna: Browser, store_video: Store
) -> None:
    video = store_video(anna)
    address = f"/api/v1/videos/{video.id}/captions"
    for number in range(TRACKS_MOST):
        put(anna, f"{address}/en-x-a{number}", VTT.encode(), 201)
    problem(put(anna, f"{address}/ru", VTT.encode(), 409), "too_many_captions")
    assert len(list(container.media_store().of_video(video.id))) == TRACKS_MOST


def test_captions_count_towards_the_quota(
    container: Container, anna: Browser, store_video: Store
) -> None:
    quota = container.settings().quota
    video = store_video(anna, size=quota - len(VTT.encode()), stored=quota - len(VTT.encode()))
    address = f"/api/v1/videos/{video.id}/captions"
    put(anna, f"{address}/ru", VTT.encode(), 201)
    put(anna, f"{address}/ru", VTT.encode(), 200)
    problem(put(anna, f"{address}/en", VTT.encode(), 413), "quota_exceeded")
    names = [key.rpartition("/")[2] for key in container.media_store().of_video(video.id)]
    assert all(name.startswith("captions-ru-") for name in names)


def test_captions_are_where_they_were_put(anna: Browser, store_video: Store) -> None:
    video = store_video(anna)
    captions = f"/api/v1/videos/{video.id}/captions"
    made = put(anna, f"{captions}/en-Latn", VTT.encode(), 201)
    assert made.headers["Location"].endswith(f"{captions}/en")
    for tag in ("en-Latn", "EN", "en"):
        found = anna.get(f"{captions}/{tag}")
        assert found.json == made.json
        assert found.headers["ETag"] == made.headers["ETag"]
    for tag in ("ru", "xx", "en-US"):
        problem(anna.get(f"{captions}/{tag}", status=404), "no_such_captions")
    anna.send("DELETE", f"{captions}/en-Latn", status=204)


def test_captions_are_sent_again_and_removed_only_as_they_were_seen(
    anna: Browser, store_video: Store
) -> None:
    address = f"/api/v1/videos/{store_video(anna).id}/captions/ru"
    put(anna, address, VTT.encode(), 201)
    tag = anna.get(address).headers["ETag"]
    assert tag.startswith('"')
    assert anna.get(address, status=304, If_None_Match=tag).headers["ETag"] == tag
    changed = put(anna, address, SUBRIP.encode(), 200).headers["ETag"]
    assert anna.get(address, If_None_Match=tag).headers["ETag"] == changed != tag
    refused = anna.send("DELETE", address, status=412, If_Match=tag)
    problem(refused, "precondition_failed")
    assert anna.get(address).headers["ETag"] == changed
    anna.send("DELETE", address, status=204, If_Match=changed)
    problem(anna.send("DELETE", address, status=404, If_Match="*"), "no_such_captions")


def test_private_captions_are_not_there_for_others(
    container: Container, anna: Browser, boris: Browser, stranger: Browser, store_video: Store
) -> None:
    video = store_video(anna, visibility=Visibility.PRIVATE)
    address = f"/api/v1/videos/{video.id}/captions"
    put(anna, f"{address}/ru", VTT.encode(), 201)
    for browser in (boris, stranger):
        problem(browser.get(address, status=404), "no_such_video")
        problem(browser.get(f"{address}/ru", status=404), "no_such_video")
    problem(put(boris, f"{address}/en", VTT.encode(), 404), "no_such_video")
    with pytest.raises(Exception, match="no such video"):
        text_of(container, boris, video.id, "captions-ru.vtt")


def shown_poster(container: Container, browser: Browser, video_id: str) -> Image.Image:
    viewer = container.account_reader().user(browser.id)
    opened = container.open_media()(
        actor=viewer and viewer.actor, video_id=VideoId(video_id), name="poster.jpg"
    )
    return Image.open(io.BytesIO(contents(opened.content)))


def test_a_poster_is_a_picture_of_the_owners(
    container: Container, anna: Browser, store_video: Store
) -> None:
    video = store_video(anna)
    address = f"/api/v1/videos/{video.id}/poster"
    changed = put(anna, address, picture(), 200, "image/png")
    assert changed.json["poster"] == f"/media/{video.id}/poster.jpg"
    assert changed.headers["ETag"]
    assert shown_poster(container, anna, video.id).size == (64, 36)
    # What it is, its bytes tell, and the header only that it is a picture.
    put(anna, address, picture((30, 20), "WEBP"), 200, "image/jpeg")
    assert shown_poster(container, anna, video.id).size == (30, 20)
    assert len(due(container, JobKind.REMOVE_FILE)) == 1
    wrong = put(anna, address, b"<svg/>", 400, "image/png")
    assert problem(wrong, "picture_refused")["errors"][0]["code"] == "not_a_picture"
    frames = io.BytesIO()
    first, second = (Image.new("RGB", (30, 20), colour) for colour in ("red", "blue"))
    first.save(frames, "WEBP", save_all=True, append_images=[second])
    animated = put(anna, address, frames.getvalue(), 400, "image/webp")
    assert problem(animated, "picture_refused")["errors"][0]["code"] == "unreadable_picture"
    problem(put(anna, address, b"GIF89a", 415, "image/gif"), "unsupported_media_type")
    large = b"\xff\xd8\xff" + bytes(PICTURE_FILE_MOST)
    problem(put(anna, address, large, 413, "image/jpeg"), "body_too_large")
    assert shown_poster(container, anna, video.id).size == (30, 20)


def test_a_poster_is_a_frame_of_the_video(
    container: Container, anna: Browser, store_video: Store, tmp_path: Path
) -> None:
    video = store_video(anna, video_file=MediaKey("media/x/y-1.mp4"), duration=2.0)
    container.media_store().keep(make_clip(tmp_path / "clip.mp4"), video.video_file)
    address = f"/api/v1/videos/{video.id}/poster"
    assert anna.send("PUT", address, {"at": 1.5}).json["poster"]
    assert shown_poster(container, anna, video.id).size == (320, 180)
    for at in (2.0, -1, "1", True, None, [], 1e300):
        problem(anna.send("PUT", address, {"at": at}, status=400), "validation_failed")
    problem(anna.send("PUT", address, {}, status=400), "validation_failed")
    problem(anna.send("PUT", address, {"at": 0, "x": 1}, status=400), "unknown_field")
    unplayable = store_video(anna, state=ProcessingState.UPLOADED, published_at=None)
    address = f"/api/v1/videos/{unplayable.id}/poster"
    problem(anna.send("PUT", address, {"at": 0}, status=409), "not_playable_yet")

"""The index of search: kept by jobs, made anew by a command, read by the databases' indexes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import insert, text

from adapters.persistence.accounts import users
from adapters.persistence.channels import channels
from adapters.persistence.database import Database
from adapters.persistence.search import search_documents, texts_of
from adapters.persistence.search_texts import COLUMNS
from adapters.persistence.video_rows import videos
from adapters.persistence.video_search import SqlVideoSearch
from adapters.search_stems import SnowballStemmer
from entrypoints.container import Container
from entrypoints.worker.tasks import JobRunner
from tests.factories.entities import NOW, make_channel, make_user, make_video
from tests.fakes.simple import FakeClock
from tests.filled import KINDS, filled
from tests.integration.test_databases import plan_of
from videohub_core.jobs.entities import JobKind
from videohub_core.search.entities import Scope, Tier, VideoQuery, microseconds
from videohub_core.search.use_cases.documents import document_of
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.paging import PageRequest
from videohub_core.videos.entities import Captions, MediaKey, ProcessingState

VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Anna>кошки &amp; cats\n".encode()
CAPTIONS = Captions("ru", MediaKey("media/v/captions-ru-1.vtt"), len(VTT))
PUBLISHED = {"state": ProcessingState.READY, "published_at": NOW, "duration": 9.0}


@pytest.fixture
def channel(container: Container) -> Any:
    user = make_user()
    channel = make_channel(user, title="Мастерская")
    container.media_store().write(VTT, CAPTIONS.file)
    with container.uow() as uow:
        uow.users.add(user)
        uow.channels.add(channel)
        for number in range(3):
            title = f"Узел {number}"
            uow.videos.add(make_video(channel, title=title, captions=(CAPTIONS,), **PUBLISHED))
        uow.commit()
    return channel


def found(container: Container, text: str) -> int:
    return len(container.search_videos()(text=text, page=PageRequest()).items)


def work(container: Container, kind: JobKind) -> int:
    """Do all jobs of a kind and return how many there were."""
    due = container.list_due_jobs()(kind=kind, limit=100)
    for job_id in due:
        JobRunner(container, "test")(job_id)
    assert not container.list_due_jobs()(kind=kind, limit=100)
    return len(due)


def test_a_command_indexes_anew_and_may_be_repeated(
    videohub: Callable[..., Result], container: Container, channel: Any
) -> None:
    assert found(container, "узлы") == 0
    for arguments in (["--missing"], [], []):
        done = videohub("reindex", *arguments)
        assert done.exit_code == 0, done.output
        assert "3 videos are indexed." in done.output
        assert found(container, "узлы") == found(container, "мастерские кошка cat") == 3
    assert "0 videos are indexed." in videohub("reindex", "--missing").output


def test_a_rebuild_goes_by_what_there_is_now(container: Container, channel: Any) -> None:
    assert list(container.rebuild_index()()) == [3]
    with container.database().writer.begin() as connection:
        connection.execute(text("UPDATE videos SET visibility = 'private'"))
    assert list(container.rebuild_index()()) == [3]
    with container.database().reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM search_documents")) == 0
        assert connection.scalar(text("SELECT count(*) FROM search_heads")) == 0


def test_captions_are_found_once_their_job_is_done(container: Container, channel: Any) -> None:
    actor = Actor(channel.user_id, Role.MEMBER)
    with container.uow() as uow:
        (video_id, *_) = uow.search_index.videos(None, 9)
    container.edit_video()(actor=actor, video_id=video_id, title="Кот")
    assert (found(container, "кот"), found(container, "кошки")) == (1, 0)
    assert work(container, JobKind.INDEX_CAPTIONS) == 1
    assert found(container, "кошки") == 1
    container.edit_video()(actor=actor, video_id=video_id, title="Пёс")
    assert found(container, "кошки песик") == 0
    assert found(container, "пёс кошка") == 1, "an edit leaves the captions"
    container.remove_captions()(actor=actor, video_id=video_id, language="ru")
    assert work(container, JobKind.INDEX_CAPTIONS) == 1
    assert (found(container, "кошки"), found(container, "пёс")) == (0, 1)


def test_videos_are_found_by_a_new_title_of_their_channel(
    container: Container, channel: Any
) -> None:
    list(container.rebuild_index()())
    owner = Actor(channel.user_id, Role.MEMBER)
    container.edit_channel()(actor=owner, channel_id=channel.id, title="Верфь")
    assert work(container, JobKind.INDEX_CHANNEL) == 1
    assert (found(container, "мастерская"), found(container, "верфи узел")) == (0, 3)


VIDEOS = 6_000
RARE_EVERY = 1_500
OWNERS = 200


@pytest.fixture(scope="module", params=KINDS)
def indexed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """Each database with a common word and a rare one."""
    yield from filled(request, tmp_path_factory, fill)


def fill(database: Database) -> None:
    owners = [make_user() for _ in range(OWNERS)]
    theirs = [make_channel(owner) for owner in owners]
    made = [
        make_video(
            theirs[number % OWNERS],
            title="common rare" if number % RARE_EVERY == 0 else "common",
            description=f"word{number}",
            **{**PUBLISHED, "published_at": NOW + timedelta(seconds=number)},
        )
        for number in range(VIDEOS)
    ]
    texts, stem = texts_of(database.reader.dialect.name), SnowballStemmer().stem
    with database.writer.begin() as connection:
        for table, entities in ((users, owners), (channels, theirs), (videos, made)):
            rows = [
                {column.name: getattr(entity, column.name) for column in table.columns}
                for entity in entities
            ]
            connection.execute(insert(table), rows)
        keys = {one.id: microseconds(one.published_at) for one in made}
        documents = [{"doc": key, "video_id": id_, "captions": ""} for id_, key in keys.items()]
        connection.execute(insert(search_documents), documents)
        for name in texts.tables:
            rows = [
                texts.rows(keys[one.id], document_of(one, theirs[0].title, (), stem))[name]
                for one in made
            ]
            named = ", ".join(f":{column}" for column in COLUMNS[name])
            if not database.is_sqlite:
                named = ":doc, :video_id, CAST(:head AS tsvector), CAST(:body AS tsvector)"
            columns = ", ".join(COLUMNS[name])
            connection.execute(text(f"INSERT INTO {name} ({columns}) VALUES ({named})"), rows)


@pytest.mark.parametrize("where", [Tier.TITLE, Tier.DESCRIPTION, Scope.ALL])
@pytest.mark.parametrize("asked", ["rare", "common", "word77"])
def test_matches_are_read_by_an_index(
    indexed: Database, where: Tier | Scope, asked: str
) -> None:
    clock = FakeClock(NOW + timedelta(days=1))
    search = SqlVideoSearch(indexed, clock)
    query = VideoQuery.checked(asked, SnowballStemmer().kin)
    below = microseconds(clock.now())
    # The first time it asks which words are common.
    search.matches(query, where, below=below, limit=20)
    plan = plan_of(indexed, lambda: search.matches(query, where, below=below, limit=20))
    if indexed.is_sqlite:
        first, *others = plan.splitlines()
        assert "VIRTUAL TABLE INDEX" in first
        assert not any(one.startswith("SCAN") for one in others), plan
        assert "TEMP B-TREE" not in plan
        assert "BLOOM FILTER" not in plan
        return
    assert "Seq Scan on videos" not in plan
    assert "Seq Scan on search_texts" not in plan
    # A rare word is found by the words, a common one along the time, if it is there at all.
    if asked == "common" and where is Tier.DESCRIPTION:
        return
    assert ("pk_search_texts" if asked == "common" else "ix_search_texts") in plan

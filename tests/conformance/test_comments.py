"""What comments promise, over every storage: rules, counters, and nothing left behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.factories.entities import make_channel, make_user, make_video
from tests.fakes.simple import FakeClock, FakeIds
from videohub_core.comments.errors import (
    CommentChanged,
    CommentsOff,
    NoSuchComment,
    NotYourComment,
)
from videohub_core.comments.ports import CommentSort
from videohub_core.comments.use_cases.add_comment import AddComment
from videohub_core.comments.use_cases.delete_comment import DeleteComment
from videohub_core.comments.use_cases.edit_comment import EditComment
from videohub_core.comments.use_cases.list_comments import ListComments
from videohub_core.comments.use_cases.read_comment import ReadComment
from videohub_core.comments.use_cases.read_history import ReadHistory
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.errors import InvalidInput, NotAllowed
from videohub_core.shared.paging import PageRequest
from videohub_core.videos.entities import ProcessingState, Visibility
from videohub_core.videos.errors import NoSuchVideo


class Talk:
    """A video, its owner and others, and the use cases."""

    def __init__(self, storage: Any, ids: FakeIds, clock: FakeClock) -> None:
        self.storage = storage
        self.clock = clock
        self.ids = ids
        self.owner = self.member()
        self.anna, self.boris = self.member(), self.member()
        self.moderator = Actor(self.member().id, Role.MODERATOR)
        self.video = self.store_video()

    def member(self) -> Actor:
        user = make_user()
        with self.storage.uow() as uow:
            uow.users.add(user)
            uow.channels.add(make_channel(user))
            uow.commit()
        return Actor(user.id)

    def store_video(self, **fields: Any) -> str:
        with self.storage.uow() as uow:
            channel = uow.channels.of_user(self.owner.id)
            video = make_video(
                channel, **{"state": ProcessingState.READY, "duration": 60.0, **fields}
            )
            uow.videos.add(video)
            uow.commit()
        return video.id

    def say(self, actor: Actor, text: str = "Да", **given: Any) -> Any:
        self.clock.pass_(timedelta(seconds=1))
        add = AddComment(self.storage.uow(), self.ids, self.clock)
        return add(actor=actor, **{"video_id": self.video, "text": text, **given}).id

    def edit(self, actor: Actor, comment_id: Any, text: str, **given: Any) -> None:
        EditComment(self.storage.uow(), self.clock)(
            actor=actor, comment_id=comment_id, text=text, **given
        )

    def delete(self, actor: Actor, comment_id: Any, **given: Any) -> None:
        DeleteComment(self.storage.uow())(actor=actor, comment_id=comment_id, **given)

    def read(self, comment_id: Any, actor: Actor | None = None) -> Any:
        read = ReadComment(self.storage.comment_reader, self.storage.video_reader)
        return read(actor=actor, comment_id=comment_id)[0]

    def listed(self, page: PageRequest | None = None, **given: Any) -> Any:
        return ListComments(self.storage.comment_reader)(
            video=self.storage.video_reader.get(self.video),
            page=page or PageRequest(),
            **{"actor": None, **given},
        )

    def ids_of(self, **given: Any) -> list[str]:
        return [comment.id for comment in self.listed(**given).items]

    def history(self, actor: Actor, comment_id: Any) -> list[str]:
        read = ReadHistory(self.storage.comment_reader)
        page = read(actor=actor, comment=self.read(comment_id), page=PageRequest())
        return [version.text for version in page.items]

    @property
    def count(self) -> int:
        return int(self.storage.video_reader.get(self.video).comments)

    def leave(self, actor: Actor) -> None:
        with self.storage.uow() as uow:
            uow.users.get(actor.id).leave(actor.id)
            uow.commit()


@pytest.fixture
def talk(storage: Any, ids: FakeIds, clock: FakeClock) -> Talk:
    return Talk(storage, ids, clock)


def test_comments_are_listed_and_counted(talk: Talk) -> None:
    first = talk.say(talk.anna, "  Первый\n")
    second = talk.say(talk.boris, media_time=12.5)
    reply = talk.say(talk.owner, reply_to=first)
    assert talk.ids_of() == [second, first]
    assert talk.ids_of(sort=CommentSort.OLDEST) == [first, second]
    assert talk.ids_of(reply_to=first) == [reply]
    assert talk.ids_of(reply_to=second) == []
    found = talk.read(first)
    assert (found.text, found.replies, found.user.id) == ("Первый", 1, talk.anna.id)
    assert talk.read(second).media_time == 12.5
    assert talk.read(reply).reply_to == first
    assert talk.count == 3


@pytest.mark.parametrize("sort", list(CommentSort))
def test_pages_go_through_the_list_once(talk: Talk, sort: CommentSort) -> None:
    made = [talk.say(talk.anna) for _ in range(5)]
    seen: list[str] = []
    request: PageRequest | None = PageRequest(limit=2)
    while request is not None:
        page = talk.listed(request, sort=sort)
        seen += [comment.id for comment in page.items]
        request = PageRequest(2, page.next) if page.next else None
    assert seen == (made if sort is CommentSort.OLDEST else made[::-1])


@pytest.mark.parametrize(
    ("given", "pointer", "code"),
    [
        ({"text": " \n"}, "/text", "required"),
        ({"text": "x" * 10_001}, "/text", "too_long"),
        ({"text": "a\0b"}, "/text", "invalid_character"),
        ({"media_time": -0.1}, "/media_time", "out_of_range"),
        ({"media_time": 60.5}, "/media_time", "out_of_range"),
        ({"reply_to": "nothing000000000"}, "/reply_to", "no_such_comment"),
    ],
)
def test_what_is_wrong_is_refused(
    talk: Talk, given: dict[str, Any], pointer: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        talk.say(talk.anna, **given)
    assert [(e.pointer, e.code) for e in refused.value.errors] == [(pointer, code)]
    assert (talk.count, talk.ids_of()) == (0, [])


def test_only_a_comment_on_the_video_that_is_there_is_answered(talk: Talk) -> None:
    first = talk.say(talk.anna)
    reply = talk.say(talk.boris, reply_to=first)
    elsewhere = talk.say(talk.anna, video_id=talk.store_video())
    tombstone = talk.say(talk.anna)
    talk.say(talk.boris, reply_to=tombstone)
    talk.delete(talk.anna, tombstone)
    for answered, code in (
        (reply, "reply_to_reply"),
        (elsewhere, "no_such_comment"),
        (tombstone, "no_such_comment"),
    ):
        with pytest.raises(InvalidInput) as refused:
            talk.say(talk.boris, reply_to=answered)
        assert refused.value.errors[0].code == code
    assert talk.ids_of(reply_to=elsewhere) == []


def test_a_video_that_wants_none_keeps_those_that_are_there(talk: Talk) -> None:
    comment = talk.say(talk.anna)
    with talk.storage.uow() as uow:
        uow.videos.get(talk.video).comments_allowed = False
        uow.commit()
    for actor in (talk.anna, talk.owner, talk.moderator, Actor(talk.boris.id, Role.ADMIN)):
        with pytest.raises(CommentsOff):
            talk.say(actor)
    assert talk.ids_of() == [comment]
    talk.edit(talk.anna, comment, "Нет")
    talk.delete(talk.anna, comment)
    assert talk.count == 0


def test_a_hidden_video_hides_its_comments(talk: Talk) -> None:
    comment = talk.say(talk.anna)
    with talk.storage.uow() as uow:
        uow.videos.get(talk.video).visibility = Visibility.PRIVATE
        uow.commit()
    with pytest.raises(NoSuchVideo):
        talk.say(talk.anna)
    with pytest.raises(NoSuchVideo):
        talk.listed()
    with pytest.raises(NoSuchComment):
        talk.read(comment, talk.anna)
    with pytest.raises(NoSuchComment):
        talk.edit(talk.anna, comment, "x")
    with pytest.raises(NoSuchComment):
        talk.delete(talk.anna, comment)
    assert talk.read(comment, talk.owner).id == comment


def test_an_edit_keeps_what_was_said_before(talk: Talk) -> None:
    comment = talk.say(talk.anna, "один")
    talk.edit(talk.anna, comment, "один ")
    assert talk.read(comment).edited_at is None
    for text in ("два", "три"):
        # The clock stands: no two versions are of the same time all the same.
        talk.edit(talk.anna, comment, text)
    found = talk.read(comment)
    assert found.text == "три"
    assert found.edited_at > found.created
    assert talk.history(talk.anna, comment) == ["два", "один"]
    assert talk.history(talk.moderator, comment) == ["два", "один"]
    for stranger in (talk.boris, talk.owner):
        with pytest.raises(NotAllowed):
            talk.history(stranger, comment)
    for other in (talk.boris, talk.owner, talk.moderator, Actor(talk.boris.id, Role.ADMIN)):
        with pytest.raises(NotYourComment):
            talk.edit(other, comment, "не я")
    with pytest.raises(CommentChanged):
        talk.edit(talk.anna, comment, "четыре", seen="один")
    with pytest.raises(CommentChanged):
        talk.delete(talk.anna, comment, seen="один")
    assert talk.read(comment).text == "три"


@pytest.mark.parametrize("who", ["anna", "owner", "moderator"])
def test_who_may_delete(talk: Talk, who: str) -> None:
    comment = talk.say(talk.anna)
    with pytest.raises(NotYourComment):
        talk.delete(talk.boris, comment)
    talk.delete(getattr(talk, who), comment)
    assert (talk.count, talk.ids_of()) == (0, [])
    with pytest.raises(NoSuchComment):
        talk.delete(talk.anna, comment)
    log = [act.action for act in talk.storage.audit_reader.entries(PageRequest()).items]
    assert log == (["delete_comment"] if who == "moderator" else [])


def test_replies_hang_on_a_tombstone_until_the_last_is_gone(talk: Talk) -> None:
    comment = talk.say(talk.anna, "тайна", media_time=3)
    talk.edit(talk.anna, comment, "другая")
    replies = [talk.say(talk.boris, reply_to=comment) for _ in range(2)]
    talk.delete(talk.anna, comment)
    left = talk.read(comment)
    assert (left.deleted, left.text, left.user, left.replies) == (True, "", None, 2)
    assert (left.edited_at, left.media_time) == (None, None)
    assert talk.history(talk.moderator, comment) == []
    assert talk.ids_of() == [comment]
    assert talk.count == 2
    for act in (
        lambda: talk.delete(talk.anna, comment),
        lambda: talk.edit(talk.anna, comment, "x"),
    ):
        with pytest.raises(NoSuchComment):
            act()
    talk.delete(talk.boris, replies[0])
    assert (talk.read(comment).replies, talk.count) == (1, 1)
    talk.delete(talk.owner, replies[1])
    assert (talk.ids_of(), talk.count) == ([], 0)
    with pytest.raises(NoSuchComment):
        talk.read(comment)


def test_who_leaves_takes_along_what_they_said(talk: Talk) -> None:
    alone = talk.say(talk.anna, "Анна")
    answered = talk.say(talk.anna, "Анна")
    talk.edit(talk.anna, answered, "Анна снова")
    kept = talk.say(talk.boris, reply_to=answered)
    talk.say(talk.anna, "Анна", reply_to=answered)
    of_boris = talk.say(talk.boris)
    talk.say(talk.anna, "Анна", reply_to=of_boris)
    by_anna_alone = talk.say(talk.anna, "Анна")
    talk.say(talk.anna, "Анна", reply_to=by_anna_alone)
    tombstone = talk.say(talk.boris)
    talk.say(talk.anna, "Анна", reply_to=tombstone)
    talk.delete(talk.boris, tombstone)
    assert talk.count == 9
    talk.leave(talk.anna)
    assert talk.ids_of() == [of_boris, answered]
    assert talk.ids_of(reply_to=answered) == [kept]
    found = talk.read(answered)
    assert (found.deleted, found.text, found.user, found.replies) == (True, "", None, 1)
    assert talk.read(of_boris).replies == 0
    assert talk.count == 2
    assert talk.storage.comment_reader.versions([answered]) == {}
    for gone in (alone, by_anna_alone, tombstone):
        with pytest.raises(NoSuchComment):
            talk.read(gone)


def test_the_video_takes_its_comments_along(talk: Talk) -> None:
    comment = talk.say(talk.anna)
    talk.say(talk.boris, reply_to=comment)
    talk.leave(talk.owner)
    assert talk.storage.comment_reader.get(comment) is None
    assert talk.storage.comment_reader.of_user(talk.boris.id, PageRequest()).items == []


def test_a_member_finds_all_that_they_said(talk: Talk) -> None:
    said = [talk.say(talk.anna, str(n)) for n in range(3)]
    talk.say(talk.boris)
    talk.edit(talk.anna, said[0], "нуль")
    reader = talk.storage.comment_reader
    first = reader.of_user(talk.anna.id, PageRequest(limit=2))
    rest = reader.of_user(talk.anna.id, PageRequest(2, first.next))
    assert [view.id for view in [*first.items, *rest.items]] == said[::-1]
    assert [version.text for version in reader.versions(said)[said[0]]] == ["0"]


def test_of_long_histories_there_are_pages(talk: Talk) -> None:
    comment = talk.say(talk.anna, "0")
    for n in range(1, 4):
        talk.edit(talk.anna, comment, str(n))
    history: Callable[..., Any] = talk.storage.comment_reader.history
    first = history(comment, PageRequest(limit=2))
    rest = history(comment, PageRequest(2, first.next))
    assert [one.text for one in [*first.items, *rest.items]] == ["2", "1", "0"]
    assert rest.next is None

"""Comments in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.fakes.paging import page_of
from videohub_core.accounts.ports import ChannelRef, PublicUser
from videohub_core.comments.entities import Comment
from videohub_core.comments.ports import (
    CommentSort,
    CommentVersion,
    CommentView,
)
from videohub_core.shared.ids import CommentId, UserId, VideoId
from videohub_core.shared.paging import Page, PageRequest, Position


class FakeComments:
    def __init__(self, rows: Any, gone: list[Any]) -> None:
        self._rows = rows
        self._gone = gone

    def add(self, comment: Comment) -> None:
        self._rows.comments[comment.id] = comment

    def video_of(self, comment_id: CommentId) -> VideoId | None:
        comment = self.get(comment_id)
        return None if comment is None else comment.video_id

    def get(self, comment_id: CommentId) -> Comment | None:
        found: Comment | None = self._rows.comments.get(comment_id)
        # A video that is gone takes along what was said about it.
        return found if found is not None and found.video_id in self._rows.videos else None

    def keep_version(self, comment_id: CommentId, version: CommentVersion) -> None:
        self._rows.versions.setdefault(comment_id, []).append(version)

    def forget_versions(self, comment_id: CommentId) -> None:
        self._rows.versions.pop(comment_id, None)

    def remove(self, comment: Comment) -> None:
        self.forget_versions(comment.id)
        self._gone.append(self._rows.comments.pop(comment.id))

    def remove_of(self, user_id: UserId) -> None:
        theirs = [c for c in self._rows.comments.values() if c.user_id == user_id]
        # Replies first: then it is known what hangs on the others.
        for comment in sorted(theirs, key=lambda one: one.reply_to is None):
            self._rows.videos[comment.video_id].comments -= 1
            if comment.replies:
                comment.bury()
                self.forget_versions(comment.id)
                continue
            self.remove(comment)
            parent = self._rows.comments.get(comment.reply_to)
            if parent is not None:
                parent.replies -= 1
                if parent.deleted and not parent.replies:
                    self.remove(parent)


class FakeCommentReader:
    def __init__(self, storage: Any) -> None:
        self._storage = storage

    def _all(self) -> list[CommentView]:
        rows = self._storage.rows
        return [self._view(c) for c in rows.comments.values() if c.video_id in rows.videos]

    def get(self, comment_id: CommentId) -> CommentView | None:
        return next((view for view in self._all() if view.id == comment_id), None)

    def listed(
        self,
        video_id: VideoId,
        request: PageRequest,
        *,
        reply_to: CommentId | None = None,
        sort: CommentSort = CommentSort.FRESH,
        reader_id: UserId | None = None,
    ) -> Page[CommentView]:
        blocked = self._storage.rows.blocks
        found = [
            view
            for view in self._all()
            if (view.video_id, view.reply_to) == (video_id, reply_to)
            and (view.user is None or (reader_id, view.user.id) not in blocked)
        ]
        if sort is CommentSort.FRESH:
            return page_of(found, request, lambda view: view.created)
        found.sort(key=lambda view: (view.created, view.id))
        if request.after is not None:
            place = (request.after.at, request.after.id)
            found = [view for view in found if (view.created, view.id) > place]
        items = found[: request.limit]
        more = len(found) > request.limit
        return Page(items, Position(items[-1].created, items[-1].id) if more else None)

    def of_user(self, user_id: UserId, request: PageRequest) -> Page[CommentView]:
        found = [view for view in self._all() if view.user and view.user.id == user_id]
        return page_of(found, request, lambda view: view.created)

    def versions(
        self, comment_ids: Sequence[CommentId]
    ) -> Mapping[CommentId, Sequence[CommentVersion]]:
        rows = self._storage.rows
        return {id_: rows.versions[id_][::-1] for id_ in comment_ids if id_ in rows.versions}

    def history(self, comment_id: CommentId, request: PageRequest) -> Page[CommentVersion]:
        found = list(self.versions([comment_id]).get(comment_id, ()))
        if request.after is not None:
            found = [version for version in found if version.until < request.after.at]
        items = found[: request.limit]
        more = len(found) > request.limit
        return Page(items, Position(items[-1].until, comment_id) if more else None)

    def _view(self, comment: Comment) -> CommentView:
        user = None
        if comment.user_id is not None:
            author = self._storage.account_reader.user(comment.user_id)
            channel = ChannelRef(author.channel.id, author.channel.title)
            user = PublicUser(author.id, author.display_name, channel)
        return CommentView(
            comment.id,
            comment.video_id,
            user,
            comment.reply_to,
            comment.text,
            comment.created,
            comment.edited_at,
            comment.media_time,
            comment.replies,
            comment.deleted,
        )

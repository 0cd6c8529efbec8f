"""Take one's data along."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from videohub_core.accounts.errors import NoSuchUser
from videohub_core.accounts.ports import AccountReader
from videohub_core.blocks.ports import BlockReader
from videohub_core.channels.ports import ChannelReader
from videohub_core.comments.ports import CommentReader
from videohub_core.invitations.ports import InvitationReader
from videohub_core.likes.ports import LikeReader
from videohub_core.portability.entities import Export, ExportedComment
from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import UserId
from videohub_core.shared.paging import PAGE_LIMIT_MOST, Page, PageRequest
from videohub_core.subscriptions.ports import SubscriptionReader
from videohub_core.tokens.ports import TokenReader
from videohub_core.videos.ports import VideoReader

Item = TypeVar("Item")


class ExportAccount:
    """Return all that the hub keeps of the actor, but secrets and hashes of secrets."""

    def __init__(
        self,
        accounts: AccountReader,
        channels: ChannelReader,
        tokens: TokenReader,
        invitations: InvitationReader,
        videos: VideoReader,
        likes: LikeReader,
        subscriptions: SubscriptionReader,
        blocks: BlockReader,
        comments: CommentReader,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._channels = channels
        self._tokens = tokens
        self._invitations = invitations
        self._videos = videos
        self._likes = likes
        self._subscriptions = subscriptions
        self._blocks = blocks
        self._comments = comments
        self._clock = clock

    def __call__(self, *, actor: Actor) -> Export:
        """Raise NoSuchUser for who has left meanwhile."""
        now = self._clock.now()
        account = self._accounts.user(actor.id)
        channel = self._channels.get(account.channel.id) if account else None
        if account is None or channel is None:
            raise NoSuchUser
        return Export(
            at=now,
            account=account,
            channel=channel,
            sessions=[s for s in self._accounts.sessions_of(actor.id) if s.expires_at > now],
            clients=self._tokens.families_of(actor.id),
            access_tokens=self._tokens.access_tokens_of(actor.id),
            invitations=_pages(lambda page: self._invitations.all(page, of=actor.id)),
            videos=_pages(lambda page: self._videos.of_owner(actor.id, page)),
            likes=_pages(lambda page: self._likes.of_user(actor.id, page)),
            subscriptions=_pages(lambda page: self._subscriptions.of_user(actor.id, page)),
            blocks=_pages(lambda page: self._blocks.of_user(actor.id, page)),
            comments=_pages(lambda page: self._said(actor.id, page)),
        )

    def _said(self, user_id: UserId, request: PageRequest) -> Page[ExportedComment]:
        page = self._comments.of_user(user_id, request)
        versions = self._comments.versions([comment.id for comment in page.items])
        items = [ExportedComment(said, versions.get(said.id, ())) for said in page.items]
        return Page(items, page.next)


def _pages(read: Callable[[PageRequest], Page[Item]]) -> Iterator[Sequence[Item]]:
    """Give out page after page; a keyset page needs nothing to be held in between."""
    request: PageRequest | None = PageRequest(limit=PAGE_LIMIT_MOST)
    while request is not None:
        page = read(request)
        yield page.items
        request = PageRequest(PAGE_LIMIT_MOST, page.next) if page.next else None

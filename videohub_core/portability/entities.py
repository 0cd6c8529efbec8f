"""Everything the hub keeps of a member."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from videohub_core.accounts.ports import SessionView, UserView
from videohub_core.blocks.ports import BlockView
from videohub_core.channels.ports import ChannelView
from videohub_core.comments.ports import CommentVersion, CommentView
from videohub_core.invitations.ports import InvitationView
from videohub_core.likes.ports import Like
from videohub_core.subscriptions.ports import SubscriptionView
from videohub_core.tokens.ports import AccessTokenView, FamilyView
from videohub_core.videos.ports import VideoView


@dataclass(frozen=True)
class ExportedComment:
    """What a member said, and what it was before they edited it."""

    comment: CommentView
    versions: Sequence[CommentVersion]


@dataclass(frozen=True)
class Export:
    """A member's data as of `at`. Lists without an end come in pages, read when asked for."""

    at: datetime
    account: UserView
    channel: ChannelView
    sessions: Sequence[SessionView]
    clients: Sequence[FamilyView]
    access_tokens: Sequence[AccessTokenView]
    invitations: Iterator[Sequence[InvitationView]]
    videos: Iterator[Sequence[VideoView]]
    likes: Iterator[Sequence[Like]]
    subscriptions: Iterator[Sequence[SubscriptionView]]
    blocks: Iterator[Sequence[BlockView]]
    comments: Iterator[Sequence[ExportedComment]]

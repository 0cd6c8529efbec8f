"""The public shapes as schemas: what the presenters return, for documents and for tests.

A field that may be null says `nullable`; each class here is a model of that name in the
Swagger document. Clients may meet more fields than these in a later release.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

import colander

from entrypoints.edge.problems import STATUS
from videohub_core.chat.entities import RoomKind, RoomRole
from videohub_core.invitations.entities import InvitationState
from videohub_core.moderation.entities import ReportKind, ReportReason, ReportState
from videohub_core.shared.actor import Role
from videohub_core.shared.ids import ID_PATTERN
from videohub_core.subscriptions.entities import Bell
from videohub_core.tokens.entities import Scope
from videohub_core.videos.entities import ProcessingState, Visibility


class Shape(colander.MappingSchema):
    """An object of an answer."""


def text(**about: Any) -> colander.SchemaNode:
    return colander.SchemaNode(colander.String(), **about)


def choice(options: type[Enum] | list[str], **about: Any) -> colander.SchemaNode:
    values = options if isinstance(options, list) else [known.value for known in options]
    return text(validator=colander.OneOf(values), **about)


def identifier(**about: Any) -> colander.SchemaNode:
    return text(validator=colander.Regex(f"^{ID_PATTERN}$"), **about)


def time(**about: Any) -> colander.SchemaNode:
    return colander.SchemaNode(colander.DateTime(), **about)


def number(**about: Any) -> colander.SchemaNode:
    return colander.SchemaNode(colander.Float(), validator=colander.Range(min=0), **about)


def count(**about: Any) -> colander.SchemaNode:
    return colander.SchemaNode(colander.Integer(), validator=colander.Range(min=0), **about)


def truth(**about: Any) -> colander.SchemaNode:
    return colander.SchemaNode(colander.Boolean(), **about)


def several(item: colander.SchemaNode, **about: Any) -> colander.SchemaNode:
    return colander.SchemaNode(colander.Sequence(), item, **about)


class ChannelRef(Shape):
    id = identifier()
    title = text()


class UserRef(Shape):
    id = identifier()
    display_name = text()


class User(Shape):
    id = identifier()
    display_name = text()
    channel = ChannelRef()


class Self(Shape):
    id = identifier()
    sub = text(nullable=True)
    email = text(nullable=True)
    email_verified = truth()
    pending_email = text(nullable=True)
    phone = text(nullable=True)
    display_name = text()
    locale = text(nullable=True)
    role = choice(Role)
    is_banned = truth()
    channel = ChannelRef()
    created = time()


class Accepted(Shape):
    """Taken; what comes of it, the answer does not tell."""

    status = choice(["accepted"])


class Invitation(Shape):
    id = identifier()
    email = text(nullable=True, description="The only one that may register with it.")
    note = text(nullable=True)
    state = choice(InvitationState)
    created = time()
    expires_at = time()
    used_at = time(nullable=True)
    inviter = UserRef(nullable=True)
    member = UserRef(nullable=True)
    link = text(nullable=True, description="Told once, to whoever has just made it.")


class InvitationList(Shape):
    items = several(Invitation())
    next_cursor = text(nullable=True)


class CsrfToken(Shape):
    csrf_token = text()


class Session(Shape):
    authenticated = truth()
    user = Self(nullable=True)
    expires_at = time(nullable=True)
    csrf_token = text()


class TokenPair(Shape):
    access_token = text(description="Goes into `Authorization: Bearer`.")
    token_type = choice(["Bearer"])
    expires_in = count(description="Seconds that the access token lasts.")
    refresh_token = text(description="Gets the next pair, once.")


class Key(Shape):
    kid = text()
    kty = text()
    use = text()
    alg = text()
    n = text()
    e = text()


class KeySet(Shape):
    keys = several(Key())


class AccessToken(Shape):
    id = identifier()
    name = text()
    scopes = several(choice(Scope))
    created = time()
    expires_at = time(nullable=True)
    last_used = time(nullable=True)


class AccessTokenList(Shape):
    items = several(AccessToken())
    next_cursor = text(nullable=True)


class NewAccessToken(Shape):
    id = identifier()
    name = text()
    scopes = several(choice(Scope))
    created = time()
    expires_at = time(nullable=True)
    last_used = time(nullable=True)
    token = text(description="The token itself; it is not shown again.")


class SignedIn(Shape):
    id = identifier()
    kind = choice(["browser", "client"])
    client = text(nullable=True, description="What it calls itself (User-Agent).")
    created = time()
    last_used = time()
    expires_at = time()
    current = truth(description="Whether this request comes from there.")


class SignedInList(Shape):
    items = several(SignedIn())
    next_cursor = text(nullable=True)


class ListedUser(Shape):
    id = identifier()
    display_name = text()
    email = text(nullable=True, description="For admins alone.")
    role = choice(Role)
    is_banned = truth()
    ban_reason = text(nullable=True)
    banned_until = time(nullable=True)
    created = time()
    videos = count()


class ListedUserList(Shape):
    items = several(ListedUser())
    next_cursor = text(nullable=True)


class ActActor(Shape):
    id = text()
    display_name = text(nullable=True)


class ActSubject(Shape):
    kind = text()
    id = text()
    display_name = text(nullable=True)


class Act(Shape):
    id = identifier()
    at = time()
    actor = ActActor()
    action = text()
    subject = ActSubject()
    detail = text(nullable=True)


class ActList(Shape):
    items = several(Act())
    next_cursor = text(nullable=True)


class Report(Shape):
    id = identifier()
    kind = choice(ReportKind)
    subject = ActSubject()
    reporter = UserRef()
    reason = choice(ReportReason)
    created = time()
    state = choice(ReportState)
    decided_at = time(nullable=True)
    decided_by = UserRef(nullable=True)
    note = text()
    text = text()


class ReportList(Shape):
    items = several(Report())
    next_cursor = text(nullable=True)


class ChannelViewer(Shape):
    subscribed = truth()
    bell = choice(Bell)
    can_edit = truth()


class Channel(Shape):
    id = identifier()
    user = UserRef()
    title = text()
    description = text()
    subscribers = count()
    viewer = ChannelViewer()
    created = time()


class Subscription(Shape):
    channel = ChannelRef()
    bell = choice(Bell)
    since = time()


class SubscriptionList(Shape):
    items = several(Subscription())
    next_cursor = text(nullable=True)


class Block(Shape):
    user = User()
    since = time()


class BlockList(Shape):
    items = several(Block())
    next_cursor = text(nullable=True)


class Like(Shape):
    video_id = identifier()
    at = time()


class Hidden(Shape):
    """That moderators keep a video from everybody but its owner and themselves."""

    at = time()
    reason = text()


class VideoCounters(Shape):
    views = count()
    likes = count()
    comments = count()


class VideoViewer(Shape):
    liked = truth()
    subscribed = truth()
    can_edit = truth()


class Rendition(Shape):
    name = text(description="Such as 720p, by the shorter side.")
    width = count()
    height = count()
    bandwidth = count(description="The most bits that a second of it takes.")
    size = count()


class CaptionsTrack(Shape):
    language = text(description="As BCP 47 writes it.")
    label = text(description="What speakers call their language.")
    url = text()


class CaptionsList(Shape):
    items = several(CaptionsTrack())


class Processing(Shape):
    state = choice(ProcessingState)
    progress = number(
        nullable=True, description="How much of the renditions is made, from 0 to 1."
    )
    seconds_left = number(nullable=True, description="About how long that still takes.")
    code = text(nullable=True)
    reason = text(nullable=True)
    renditions = several(Rendition())


class Playback(Shape):
    mp4 = text(nullable=True)
    hls = text(nullable=True)
    storyboard = text(nullable=True)
    captions = several(CaptionsTrack())


class PlaybackLinks(Playback):
    expires_at = time()


class Video(Shape):
    id = identifier()
    channel = ChannelRef()
    title = text()
    description = text()
    tags = several(text())
    visibility = choice(Visibility)
    video_file = text(nullable=True)
    upload_date = time()
    published_at = time(nullable=True)
    duration = number(nullable=True)
    width = count(nullable=True)
    height = count(nullable=True)
    size = count()
    poster = text(nullable=True)
    comments_allowed = truth()
    hidden = Hidden(nullable=True)
    counters = VideoCounters()
    viewer = VideoViewer()
    processing = Processing()
    playback = Playback()


class VideoRef(Shape):
    id = identifier()


class CommentVersion(Shape):
    text = text()
    until = time(description="When it was edited.")


class CommentVersionList(Shape):
    items = several(CommentVersion())
    next_cursor = text(nullable=True)


class Said(Shape):
    id = identifier()
    video = VideoRef()
    text = text()
    created = time()
    edited_at = time(nullable=True)
    media_time = number(nullable=True, description="Which second of the video it is about.")
    reply_to = identifier(nullable=True)


class CommentViewer(Shape):
    can_edit = truth()
    can_delete = truth()


class Comment(Said):
    user = User(nullable=True)
    replies = count()
    deleted = truth(description="Only its replies are left: it has no words and no user.")
    viewer = CommentViewer()


class ExportedComment(Said):
    versions = several(CommentVersion(), description="What it said before, latest first.")


class CommentList(Shape):
    items = several(Comment())
    next_cursor = text(nullable=True)


class Message(Shape):
    room = identifier()
    index = count(description="1, 2, 3 … in each room.")
    user = User(nullable=True, description="Null where its author has left the hub.")
    at = time()
    edited_at = time(nullable=True)
    deleted = truth(description="Its place is kept, its words are gone.")
    reply_to = count(nullable=True, description="The index of the message that it answers.")
    client_id = text(nullable=True, description="For its author alone.")
    text = text()


class MessageList(Shape):
    items = several(Message())
    last_index = count(description="The index of the latest message in the room.")


class RoomVideo(Shape):
    id = identifier()
    title = text()


class RoomViewer(Shape):
    can_write = truth()
    can_moderate = truth()
    muted_until = time(nullable=True)


class Room(Shape):
    id = identifier()
    kind = choice(RoomKind)
    title = text(nullable=True, description="Of a group.")
    user = User(nullable=True, description="The other one of a private room.")
    video = RoomVideo(nullable=True, description="What the room is beside.")
    members = count()
    role = choice(RoomRole, nullable=True, description="The caller's, as a member.")
    last_message = Message(nullable=True)
    last_index = count()
    last_at = time()
    read_index = count(nullable=True, description="The latest message that the caller read.")
    unread = count()
    revision = count(description="How often messages were edited or deleted.")
    slow_seconds = count(description="How long everyone waits between two messages.")
    viewer = RoomViewer()


class RoomList(Shape):
    items = several(Room())
    next_cursor = text(nullable=True)


class Member(Shape):
    user = User()
    role = choice(RoomRole)
    since = time()
    read_index = count()
    muted_until = time(nullable=True)


class MemberList(Shape):
    items = several(Member())
    next_cursor = text(nullable=True)


class ExportedVideo(Video):
    original = text(nullable=True, description="The file that was sent, for its owner.")


class Export(Shape):
    format = text(description="Changes when the document does so incompatibly.")
    exported_at = time()
    account = Self()
    channel = Channel()
    sessions = several(SignedIn())
    access_tokens = several(AccessToken())
    invitations = several(Invitation(), description="Those the member has made.")
    videos = several(ExportedVideo())
    likes = several(Like())
    subscriptions = several(Subscription())
    blocks = several(Block(), description="Whom the member has blocked.")
    comments = several(ExportedComment(), description="What the member said.")


class Upload(Shape):
    id = identifier()
    name = text(nullable=True, description="What the client calls the file.")
    offset = count(description="How many bytes have arrived.")
    length = count(description="How many there are to be.")
    created = time()
    expires_at = time(description="When it is forgotten, if nobody goes on.")
    is_finished = truth(description="Whether it can become a video.")


class UploadList(Shape):
    items = several(Upload())
    next_cursor = text(nullable=True)


class VideoList(Shape):
    items = several(Video())
    next_cursor = text(nullable=True)


class SnippetPart(Shape):
    text = text()
    mark = truth(description="Whether it is a word that was looked for.")


class Snippets(Shape):
    title = several(SnippetPart(), description="All of it.")
    description = several(SnippetPart(), description="As much as a result shows.")


class FoundVideo(Video):
    snippets = Snippets()


class FoundVideoList(Shape):
    items = several(FoundVideo())
    next_cursor = text(nullable=True)
    corrected = text(
        nullable=True, description="What was looked for, if nothing has the words as typed."
    )


class Suggestion(Shape):
    kind = choice(["title", "tag", "channel"])
    text = text()
    channel = ChannelRef(nullable=True)


class SuggestionList(Shape):
    items = several(Suggestion())


class Health(Shape):
    status = choice(["ok"])


class FieldProblem(Shape):
    pointer = text(description="Where in the input: an RFC 6901 pointer.")
    code = text(description="What is wrong, stable.")
    detail = text(description="What is wrong, for people.")


class Problem(Shape):
    type = text(description="An address that explains the code.")
    title = text()
    status = colander.SchemaNode(
        colander.Integer(), validator=colander.OneOf(sorted({400, *STATUS.values()}))
    )
    detail = text()
    code = text(description="Stable, for programs.")
    request_id = text(description="Under this the hub's log has the request.")
    errors = several(
        FieldProblem(), missing=colander.drop, description="Each wrong field of the input."
    )

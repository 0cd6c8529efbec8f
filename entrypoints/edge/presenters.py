"""The public shapes: core views as what the contract calls them.

Times stay what they are: `edge/documents.py` writes them.
"""

from __future__ import annotations

from typing import Any

from entrypoints.edge.language_names import language_name
from videohub_core.accounts.ports import (
    ChannelRef,
    ListedUser,
    PublicUser,
    SessionView,
    UserView,
)
from videohub_core.blocks.ports import BlockView
from videohub_core.channels.policies import may_edit as may_edit_channel
from videohub_core.channels.ports import ChannelView
from videohub_core.comments.policies import author_of, may_delete, may_edit
from videohub_core.comments.ports import CommentVersion, CommentView
from videohub_core.invitations.ports import InvitationView
from videohub_core.likes.ports import Like
from videohub_core.moderation.ports import AuditView, ReportView
from videohub_core.portability.entities import Export, ExportedComment
from videohub_core.search.use_cases.search_videos import FoundVideo
from videohub_core.search.use_cases.suggest_searches import Suggestion
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import UserId, VideoId
from videohub_core.subscriptions.entities import Bell
from videohub_core.subscriptions.ports import SubscriptionView
from videohub_core.tokens.ports import AccessTokenView, FamilyView
from videohub_core.videos.entities import Captions, Rendition
from videohub_core.videos.policies import may_edit as may_edit_video
from videohub_core.videos.ports import UploadView, VideoView

EXPORT_FORMAT = "video-hub-export-1"


def present_channel_ref(channel: ChannelRef) -> dict[str, Any]:
    return {"id": channel.id, "title": channel.title}


def present_self(user: UserView) -> dict[str, Any]:
    """Return a user as they see themselves."""
    return {
        "id": user.id,
        "sub": user.sub,
        "email": user.email,
        "email_verified": user.email_verified,
        "pending_email": user.pending_email,
        "phone": user.phone,
        "display_name": user.display_name,
        "locale": user.locale,
        "role": user.role.value,
        "is_banned": user.is_banned,
        "channel": present_channel_ref(user.channel),
        "created": user.created,
    }


def present_person(user: UserView | PublicUser) -> dict[str, Any]:
    """Return a user as others see them: no e-mail, no phone, no sub."""
    return {
        "id": user.id,
        "display_name": user.display_name,
        "channel": present_channel_ref(user.channel),
    }


def present_invitation(invitation: InvitationView, link: str | None = None) -> dict[str, Any]:
    """Return an invitation; its link is known to whoever has just made it, then to nobody."""
    return {
        "id": invitation.id,
        "email": invitation.email,
        "note": invitation.note,
        "state": invitation.state.value,
        "created": invitation.created,
        "expires_at": invitation.expires_at,
        "used_at": invitation.used_at,
        "inviter": _person(invitation.created_by, invitation.inviter),
        "member": _person(invitation.used_by, invitation.member),
        "link": link,
    }


def _person(user_id: str | None, name: str | None) -> dict[str, Any] | None:
    return None if user_id is None else {"id": user_id, "display_name": name}


def present_channel(
    channel: ChannelView, actor: Actor | None, bell: Bell | None = None
) -> dict[str, Any]:
    """Return a channel; `bell` is the caller's, who follows it if they have one."""
    return {
        "id": channel.id,
        "user": {"id": channel.user_id, "display_name": channel.user_display_name},
        "title": channel.title,
        "description": channel.description,
        "subscribers": channel.subscribers,
        "viewer": {
            "subscribed": bell is not None,
            "bell": (bell or Bell.NONE).value,
            "can_edit": may_edit_channel(actor, channel),
        },
        "created": channel.created,
    }


def present_subscription(subscription: SubscriptionView) -> dict[str, Any]:
    """Return what a member follows, as they see it."""
    return {
        "channel": present_channel_ref(subscription.channel),
        "bell": subscription.bell.value,
        "since": subscription.since,
    }


def present_block(block: BlockView) -> dict[str, Any]:
    """Return somebody whom a member has blocked, for that member."""
    return {"user": present_person(block.user), "since": block.since}


def present_like(like: Like) -> dict[str, Any]:
    """Return a like for whoever gave it."""
    return {"video_id": like.video_id, "at": like.at}


def present_captions(video_id: VideoId, captions: Captions) -> dict[str, Any]:
    return {
        "language": captions.language,
        "label": language_name(captions.language),
        "url": f"/media/{video_id}/captions-{captions.language}.vtt",
    }


def present_video(
    video: VideoView, actor: Actor | None, *, liked: bool = False, subscribed: bool = False
) -> dict[str, Any]:
    """Return a video; its addresses are relative to the hub."""
    media = f"/media/{video.id}"
    video_file = f"{media}/video.mp4" if video.video_file else None
    return {
        "id": video.id,
        "channel": present_channel_ref(video.channel),
        "title": video.title,
        "description": video.description,
        "tags": list(video.tags),
        "visibility": video.visibility.value,
        "video_file": video_file,
        "upload_date": video.upload_date,
        "published_at": video.published_at,
        "duration": video.duration,
        "width": video.width,
        "height": video.height,
        "size": video.size,
        "poster": f"{media}/poster.jpg" if video.poster else None,
        "comments_allowed": video.comments_allowed,
        "hidden": None
        if video.hidden_at is None
        else {"at": video.hidden_at, "reason": video.hidden_reason or ""},
        "counters": {
            "views": video.views,
            "likes": video.likes,
            "comments": video.comments,
        },
        "viewer": {
            "liked": liked,
            "subscribed": subscribed,
            "can_edit": may_edit_video(actor, video),
        },
        "processing": {
            "state": video.state.value,
            "progress": video.progress,
            "seconds_left": video.seconds_left,
            "code": video.failure,
            "reason": video.failure_detail,
            "renditions": [present_rendition(one) for one in video.renditions if one.height],
        },
        "playback": present_playback(video, media, video_file),
    }


def present_snippets(found: FoundVideo) -> dict[str, Any]:
    """Return the texts of a video that was found, in parts."""
    return {
        "title": [part._asdict() for part in found.title],
        "description": [part._asdict() for part in found.description],
    }


def present_suggestion(suggestion: Suggestion) -> dict[str, Any]:
    channel = None
    if suggestion.channel_id is not None:
        channel = {"id": suggestion.channel_id, "title": suggestion.text}
    return {"kind": suggestion.kind, "text": suggestion.text, "channel": channel}


def present_rendition(rendition: Rendition) -> dict[str, Any]:
    return {
        "name": rendition.name,
        "width": rendition.width,
        "height": rendition.height,
        "bandwidth": rendition.bandwidth,
        "size": rendition.size,
    }


def present_playback(video: VideoView, media: str, video_file: str | None) -> dict[str, Any]:
    """Return where players find what; `media` is the address of the video's files."""
    adaptive = any(rendition.height for rendition in video.renditions)
    return {
        "mp4": video_file,
        "hls": f"{media}/master.m3u8" if adaptive else None,
        "storyboard": f"{media}/storyboard.vtt" if video.storyboard else None,
        "captions": [present_captions(video.id, one) for one in video.captions],
    }


def present_export_head(export: Export) -> dict[str, Any]:
    """Return what an export says of itself."""
    return {"format": EXPORT_FORMAT, "exported_at": export.at}


def present_exported_video(video: VideoView, actor: Actor | None) -> dict[str, Any]:
    """Return a video and where its owner finds the file that they once sent."""
    original = f"/media/{video.id}/original.bin" if video.original else None
    return {**present_video(video, actor), "original": original}


def present_comment(
    comment: CommentView, actor: Actor | None, owner_id: UserId
) -> dict[str, Any]:
    """Return a comment on a video of this owner; a deleted one has neither words nor user."""
    user, author_id = comment.user, author_of(comment)
    return {
        **_said(comment),
        "user": user and present_person(user),
        "replies": comment.replies,
        "deleted": comment.deleted,
        "viewer": {
            "can_edit": may_edit(actor, author_id),
            "can_delete": may_delete(actor, author_id, owner_id),
        },
    }


def present_version(version: CommentVersion) -> dict[str, Any]:
    return {"text": version.text, "until": version.until}


def present_exported_comment(exported: ExportedComment) -> dict[str, Any]:
    """Return what a member said, with what it was before."""
    versions = [present_version(one) for one in exported.versions]
    return {**_said(exported.comment), "versions": versions}


def _said(comment: CommentView) -> dict[str, Any]:
    return {
        "id": comment.id,
        "video": {"id": comment.video_id},
        "text": comment.text,
        "created": comment.created,
        "edited_at": comment.edited_at,
        "media_time": comment.media_time,
        "reply_to": comment.reply_to,
    }


def present_upload(upload: UploadView, name: str | None) -> dict[str, Any]:
    """Return a resumable upload as its owner sees it."""
    return {
        "id": upload.id,
        "name": name,
        "offset": upload.offset,
        "length": upload.length,
        "created": upload.created,
        "expires_at": upload.expires_at,
        "is_finished": upload.is_finished,
    }


def present_session(session: SessionView, current: SessionView | None) -> dict[str, Any]:
    """Return a browser that is signed in, as its owner sees it."""
    return {
        "id": session.id,
        "kind": "browser",
        "client": session.client,
        "created": session.created,
        "last_used": session.last_used,
        "expires_at": session.expires_at,
        "current": current is not None and current.token_hash == session.token_hash,
    }


def present_client(family: FamilyView) -> dict[str, Any]:
    """Return a client with tokens, as its owner sees it."""
    return {
        "id": family.id,
        "kind": "client",
        "client": family.client,
        "created": family.created,
        "last_used": family.last_used,
        "expires_at": family.ends,
        "current": False,
    }


def present_access_token(token: AccessTokenView) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": list(token.scopes),
        "created": token.created,
        "expires_at": token.expires_at,
        "last_used": token.last_used,
    }


def present_listed_user(user: ListedUser) -> dict[str, Any]:
    """Return a user as those see them who look after the hub."""
    return {
        "id": user.id,
        "display_name": user.display_name,
        "email": user.email,
        "role": user.role.value,
        "is_banned": user.is_banned,
        "ban_reason": user.ban_reason if user.is_banned else None,
        "banned_until": user.banned_until if user.is_banned else None,
        "created": user.created,
        "videos": user.videos,
    }


def present_report(report: ReportView) -> dict[str, Any]:
    """Return a report as moderators see it; a name is null for what is gone."""
    return {
        "id": report.id,
        "kind": report.kind.value,
        "subject": {
            "kind": report.kind.value,
            "id": report.subject_id,
            "display_name": report.subject_name,
        },
        "reporter": {"id": report.reporter_id, "display_name": report.reporter_name},
        "reason": report.reason.value,
        "text": report.text,
        "created": report.created,
        "state": report.state.value,
        "decided_at": report.decided_at,
        "decided_by": _person(report.decided_by, report.decider_name),
        "note": report.note,
    }


def present_act(act: AuditView) -> dict[str, Any]:
    """Return an entry of the audit log; a name is null for who is gone."""
    return {
        "id": act.id,
        "at": act.at,
        "actor": {"id": act.actor_id, "display_name": act.actor_name},
        "action": act.action,
        "subject": {
            "kind": act.subject_kind,
            "id": act.subject_id,
            "display_name": act.subject_name,
        },
        "detail": act.detail,
    }

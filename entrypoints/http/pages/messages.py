"""What the hub's codes mean, in words for people, in their language.

Codes are stable and the core's sentences are English; here stands what a page says
instead. A code without an entry falls back to the English sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from gettext import NullTranslations
from typing import TypeVar

from videohub_core.accounts.entities import (
    BAN_REASON_MOST,
    DISPLAY_NAME_MOST,
    PASSWORD_LEAST,
    PASSWORD_MOST,
)
from videohub_core.comments.entities import TEXT_MOST as COMMENT_MOST
from videohub_core.invitations.entities import NOTE_MOST, InvitationState
from videohub_core.moderation.entities import (
    REPORT_MOST,
    ReportKind,
    ReportReason,
    ReportState,
)
from videohub_core.shared.actor import Role
from videohub_core.shared.errors import FieldError
from videohub_core.tokens.entities import NAME_MOST, Scope
from videohub_core.videos.entities import (
    DESCRIPTION_MOST,
    TAG_MOST,
    TAGS_MOST,
    TITLE_MOST,
    ProcessingState,
    Visibility,
)

_Key = TypeVar("_Key")


def N_(message: str) -> str:  # noqa: N802
    """Mark a message for the catalogue; it is translated where it is shown."""
    return message


@dataclass(frozen=True)
class Explanation:
    """What is the case, and what to do about it."""

    text: str
    advice: str


PROBLEMS = {
    "not_found": Explanation(
        N_("There is nothing at this address."),
        N_("Check the address. The thing may have been deleted or made private."),
    ),
    "no_such_address": Explanation(
        N_("There is no page at this address."),
        N_("Check the address for typing errors, or start again from the front page."),
    ),
    "unauthenticated": Explanation(
        N_("You need to sign in to do this."),
        N_("Sign in and try again. Programs send a session cookie or a bearer token."),
    ),
    "not_allowed": Explanation(
        N_("You are not allowed to do this."),
        N_("If you think you should be, ask the people who run this hub."),
    ),
    "conflict": Explanation(
        N_("This contradicts what is already there."),
        N_("Reload to see the present state, then decide again."),
    ),
    "too_large": Explanation(
        N_("This is larger than the hub accepts."),
        N_("Send something smaller."),
    ),
    "unsupported_media_type": Explanation(
        N_("The hub cannot read this type of data here."),
        N_("Send the media type that the API reference names for this address."),
    ),
    "unavailable": Explanation(
        N_("The hub cannot do this right now."),
        N_("Wait a few seconds and try again. Nothing of yours is lost."),
    ),
    "insufficient_storage": Explanation(
        N_("The hub has run out of storage."),
        N_("Try again later. The people who run this hub have to make room first."),
    ),
    "validation_failed": Explanation(
        N_("Some of what was sent is not valid."),
        N_("Correct the fields named in the answer and send it again."),
    ),
    "email_taken": Explanation(
        N_("There is already an account with this e-mail."),
        N_("Sign in with it, or register with another e-mail."),
    ),
    "identity_taken": Explanation(
        N_("Another account is linked with this sign-in already."),
        N_("Sign out, then sign in again to get to that account."),
    ),
    "invalid_login": Explanation(
        N_("This sign-in cannot be finished."),
        N_("It took too long, was used already, or began in another browser. Start it again."),
    ),
    "login_denied": Explanation(
        N_("The sign-in was cancelled."),
        N_("Nothing has happened. Sign in again whenever you like."),
    ),
    "email_of_another_account": Explanation(
        N_("There is already an account with your e-mail."),
        N_("Sign in the way you did before: this way, the hub cannot tell that it is yours."),
    ),
    "provider_unavailable": Explanation(
        N_("The sign-in service does not answer."),
        N_("Wait a few seconds and try again. Nothing of yours is lost."),
    ),
    "wrong_credentials": Explanation(
        N_("The e-mail or the password is wrong."),
        N_("Check both and try again. Passwords distinguish capital and small letters."),
    ),
    "invalid_token": Explanation(
        N_("This credential is not valid."),
        N_("It is malformed, expired or revoked. Get a new one and send it."),
    ),
    "account_banned": Explanation(
        N_("This account is banned."),
        N_("Nothing can be done with it until the ban ends. You can still sign out."),
    ),
    "email_not_verified": Explanation(
        N_("Your e-mail is not confirmed yet."),
        N_("Follow the link in the mail that we sent you, or have it sent again."),
    ),
    "account_changed": Explanation(
        N_("The account was changed meanwhile."),
        N_("Read it again, then make your change to what there is now."),
    ),
    "link_not_valid": Explanation(
        N_("This link is not valid any more."),
        N_("It was used, it is too old, or something has changed. Ask for a new mail."),
    ),
    "mail_deferred": Explanation(
        N_("The mail could not be sent yet."),
        N_("Nothing is to be done: it is tried again for about a day."),
    ),
    "mail_refused": Explanation(
        N_("The mail cannot be sent."),
        N_("Check the address. The people who run this hub find the reason in its log."),
    ),
    "registration_closed": Explanation(
        N_("Nobody can register here."),
        N_("Ask the people who run this hub for an account."),
    ),
    "invitation_needed": Explanation(
        N_("You need an invitation to register here."),
        N_("Open the link that you were given, or ask somebody here for one."),
    ),
    "invitation_not_valid": Explanation(
        N_("This invitation is not valid any more."),
        N_("It was used, is over or withdrawn, or is for another e-mail. Ask for a new one."),
    ),
    "no_such_invitation": Explanation(
        N_("There is no such invitation."),
        N_("It may have been withdrawn already."),
    ),
    "last_admin": Explanation(
        N_("This is the last admin who is not banned."),
        N_("Make somebody else an admin first."),
    ),
    "already_signed_in": Explanation(
        N_("You are already signed in."),
        N_("Sign out first if you want to register another account."),
    ),
    "not_yourself": Explanation(
        N_("You cannot do this to your own account."),
        N_("Ask somebody else who looks after this hub."),
    ),
    "no_such_session": Explanation(
        N_("There is no such session."),
        N_("It may have ended already. Reload to see where you are signed in."),
    ),
    "password_needed": Explanation(
        N_("The password is wrong or missing."),
        N_("Enter it again. If your account has none, sign in anew and try again at once."),
    ),
    "invalid_refresh_token": Explanation(
        N_("This refresh token is not valid any more."),
        N_("It is expired, revoked, or was used before. Programs sign in again."),
    ),
    "insufficient_scope": Explanation(
        N_("This access token does not allow that."),
        N_("Make an access token with the scope that the answer names."),
    ),
    "not_with_this_token": Explanation(
        N_("An access token cannot do this."),
        N_("Sign in to look after your account."),
    ),
    "no_such_token": Explanation(
        N_("There is no such token."),
        N_("It may have been deleted already."),
    ),
    "too_many_blocks": Explanation(
        N_("You have blocked as many people as one may."),
        N_("Unblock somebody in the settings, then try again."),
    ),
    "too_many_tokens": Explanation(
        N_("You have as many access tokens as there may be."),
        N_("Delete one you no longer need, then make a new one."),
    ),
    "no_such_user": Explanation(
        N_("There is no such user."),
        N_("Check the address. The account may have been deleted."),
    ),
    "no_such_report": Explanation(
        N_("There is no such report."),
        N_("Check the address."),
    ),
    "no_such_channel": Explanation(
        N_("There is no such channel."),
        N_("Check the address. The channel may have been deleted."),
    ),
    "no_such_video": Explanation(
        N_("There is no such video."),
        N_("It may have been deleted or made private, or the address is incomplete."),
    ),
    "not_your_channel": Explanation(
        N_("Only the owner may change this channel."),
        N_("If it is yours, sign in with the account that has it."),
    ),
    "channel_changed": Explanation(
        N_("The channel was changed meanwhile."),
        N_("Reload it, look at what is new, and make your change again."),
    ),
    "own_channel": Explanation(
        N_("You cannot follow your own channel."),
        N_("Your own videos are in the studio."),
    ),
    "not_your_video": Explanation(
        N_("Only the owner may change this video."),
        N_("Sign in with the account that uploaded it."),
    ),
    "bad_frame": Explanation(
        N_("This is no frame that the chat knows."),
        N_("A program sent it: its author finds the frames in the description of the chat."),
    ),
    "no_such_room": Explanation(
        N_("There is no such room."),
        N_("It may have been deleted, or you are not in it any more."),
    ),
    "no_such_message": Explanation(
        N_("There is no such message."),
        N_("It may have been deleted."),
    ),
    "no_such_member": Explanation(
        N_("They are not in this room."),
        N_("They may have left."),
    ),
    "not_your_message": Explanation(
        N_("This is somebody else's message."),
        N_("Only whoever wrote it changes it."),
    ),
    "not_a_member": Explanation(
        N_("Only members of this room talk here."),
        N_("Ask somebody in the room to invite you."),
    ),
    "not_room_moderator": Explanation(
        N_("This is for those who look after the room."),
        N_("Ask the owner or a moderator of the room."),
    ),
    "blocked": Explanation(
        N_("You cannot write to each other."),
        N_("One of you has blocked the other."),
    ),
    "banned_from_room": Explanation(
        N_("You are kept out of this room."),
        N_("Ask those who look after the room."),
    ),
    "muted_in_room": Explanation(
        N_("You may read here, but not write."),
        N_("Ask those who look after the room."),
    ),
    "slow_mode": Explanation(
        N_("This room is in slow mode."),
        N_("Wait a little before you write again."),
    ),
    "room_full": Explanation(
        N_("The group has as many members as it may have."),
        N_("Somebody has to leave first."),
    ),
    "room_stays": Explanation(
        N_("This room cannot be changed so or deleted."),
        N_("It is there as long as those it is for."),
    ),
    "owner_stays": Explanation(
        N_("The owner of a group hands it over first."),
        N_("Make somebody else the owner, or delete the group."),
    ),
    "busy": Explanation(
        N_("Too much is being said at once."),
        N_("Try again in a moment."),
    ),
    "no_such_comment": Explanation(
        N_("There is no such comment."),
        N_("It may have been deleted meanwhile. Reload the page to see what is there."),
    ),
    "not_your_comment": Explanation(
        N_("This is somebody else's comment."),
        N_("Sign in with the account that wrote it."),
    ),
    "comments_off": Explanation(
        N_("Comments on this video are turned off."),
        N_("Its owner decides that. What was said before can still be read."),
    ),
    "comment_changed": Explanation(
        N_("The comment was changed meanwhile."),
        N_("Read it again before you change it."),
    ),
    "no_such_captions": Explanation(
        N_("There are no subtitles in this language."),
        N_("They may have been removed meanwhile. Reload to see which ones there are."),
    ),
    "too_many_captions": Explanation(
        N_("This video has subtitles in as many languages as it may."),
        N_("Remove those of one language before you add another."),
    ),
    "captions_refused": Explanation(
        N_("The hub cannot read these subtitles."),
        N_("Correct the line that is named, or save the file again as WebVTT in UTF-8."),
    ),
    "picture_refused": Explanation(
        N_("The hub cannot use this picture."),
        N_("Choose a JPEG, PNG or WebP with no more than 64 million pixels."),
    ),
    "not_playable_yet": Explanation(
        N_("The video cannot be watched yet."),
        N_("Wait until it can be, then choose a frame."),
    ),
    "no_such_media": Explanation(
        N_("There is no such file."),
        N_("If the video is new, the file may still be in the making. Try again shortly."),
    ),
    "no_such_upload": Explanation(
        N_("There is no such upload."),
        N_("Unfinished uploads are kept for a week. Start the upload again."),
    ),
    "nothing_to_retry": Explanation(
        N_("There is nothing to try again."),
        N_("Reload the page to see how far the video is."),
    ),
    "already_imported": Explanation(
        N_("You have a video of this file already."),
        N_("There is nothing to do: each file is imported once."),
    ),
    "upload_not_finished": Explanation(
        N_("The upload is not finished."),
        N_("Send the remaining bytes first."),
    ),
    "tus_version_not_supported": Explanation(
        N_("This program sends files in a way that the hub does not know."),
        N_("The hub speaks tus 1.0.0: the header Tus-Resumable says so."),
    ),
    "checksum_mismatch": Explanation(
        N_("The bytes changed on their way."),
        N_("None of them is kept. Send them again."),
    ),
    "too_many_bytes": Explanation(
        N_("More came than the file was said to have."),
        N_("Begin the upload anew, with the length that the file has."),
    ),
    "wrong_offset": Explanation(
        N_("The bytes do not continue where the upload ends."),
        N_("Ask for the upload's offset and go on from there."),
    ),
    "empty_file": Explanation(
        N_("The file is empty."),
        N_("Choose a file that has something in it."),
    ),
    "file_too_large": Explanation(
        N_("The file is larger than this hub accepts."),
        N_("Export the video at a lower bit rate or resolution, or split it."),
    ),
    "quota_exceeded": Explanation(
        N_("You do not have enough room left for this file."),
        N_("Delete videos you no longer need in the studio, then upload again."),
    ),
    "media_refused": Explanation(
        N_("The file cannot be played."),
        N_("Export the video again, as MP4 with H.264 and AAC if you can choose."),
    ),
    "lease_lost": Explanation(
        N_("Another worker has taken over this job."),
        N_("Nothing is to be done: the job goes on there."),
    ),
    "method_not_allowed": Explanation(
        N_("This address does not know this method."),
        N_("The Allow header of the answer names the methods it knows."),
    ),
    "not_acceptable": Explanation(
        N_("The hub has no answer in a form that was asked for."),
        N_("Send an Accept header that allows JSON or HTML, or none."),
    ),
    "format_not_offered": Explanation(
        N_("The hub does not have this format."),
        N_("Ask for one of those that its documentation names, such as json."),
    ),
    "csrf_failed": Explanation(
        N_("The page was open too long, or the request came from elsewhere."),
        N_("Go back, reload the page and send it again. Programs send X-CSRF-Token."),
    ),
    "playback_link_invalid": Explanation(
        N_("This link is not good any more."),
        N_("Ask whoever gave it to you for another one."),
    ),
    "host_not_allowed": Explanation(
        N_("This hub is not served under this host name."),
        N_("Use the public address of the hub."),
    ),
    "malformed_body": Explanation(
        N_("The data cannot be read as what it claims to be."),
        N_("Check that the body is complete and matches its Content-Type."),
    ),
    "malformed_input": Explanation(
        N_("The address or the form is not valid UTF-8."),
        N_("Open the page again from a link. Programs send text as UTF-8."),
    ),
    "precondition_failed": Explanation(
        N_("This was changed meanwhile."),
        N_("Read it again, then make your change to what there is now."),
    ),
    "video_changed": Explanation(
        N_("The video was changed meanwhile."),
        N_("Read it again, then make your change to what there is now."),
    ),
    "too_many_requests": Explanation(
        N_("That was too often."),
        N_("Wait a moment, then try again. Programs find the seconds in Retry-After."),
    ),
    "idempotency_key_reused": Explanation(
        N_("This Idempotency-Key was sent before with another request."),
        N_("Programs send a new key with each new request."),
    ),
    "length_required": Explanation(
        N_("The length of the body is missing."),
        N_("Programs send the length of a file as Content-Length."),
    ),
    "body_too_large": Explanation(
        N_("What was sent is larger than this address accepts."),
        N_("Send less at once. Files go through the upload page."),
    ),
    "unknown_field": Explanation(
        N_("There is a field that this operation does not know."),
        N_("Remove the fields named in the answer, or correct their spelling."),
    ),
    "range_not_satisfiable": Explanation(
        N_("The file has no bytes in the range asked for."),
        N_("Ask for a range within the length that Content-Range names."),
    ),
    "internal_error": Explanation(
        N_("Something went wrong on our side."),
        N_("It has been logged. Try again; if it stays, report the request number."),
    ),
}

REFUSALS = {
    "not_a_video": Explanation(
        N_("This file is not a video the hub can read."),
        N_("Choose a video file, for example MP4, MOV, MKV or WebM."),
    ),
    "no_video_track": Explanation(
        N_("There are no pictures in this file."),
        N_("It seems to hold sound only. Choose a file with a picture track."),
    ),
    "damaged": Explanation(
        N_("The file is damaged or incomplete: it ends before the video does."),
        N_("Check that it plays to its end on your device, then upload it again."),
    ),
    "unsupported_codec": Explanation(
        N_("The hub cannot play the way this video is encoded yet."),
        N_("Export it as MP4 with H.264 video and AAC sound, then upload it again."),
    ),
    "hdr_not_supported": Explanation(
        N_("The hub cannot show the high dynamic range (HDR) of this video."),
        N_("Export it with standard dynamic range (SDR), then upload it again."),
    ),
    "picture_too_large": Explanation(
        N_("The pictures of this video are larger than the hub accepts."),
        N_("Export it at a lower resolution, then upload it again."),
    ),
    "too_long": Explanation(
        N_("The video is longer than the hub accepts."),
        N_("Cut it into parts and upload them one by one."),
    ),
    "processing_crashed": Explanation(
        N_("Processing this file stopped several times without finishing."),
        N_("Try it again in the studio. If it stops again, export it with other settings."),
    ),
    "renditions_failed": Explanation(
        N_("Some qualities of this video could not be made."),
        N_("It plays as it is. Try it again in the studio."),
    ),
}

VISIBILITIES = {
    Visibility.PUBLIC: N_("Public"),
    Visibility.UNLISTED: N_("Unlisted"),
    Visibility.PRIVATE: N_("Private"),
}
VISIBILITY_CHOICES = {
    Visibility.PUBLIC: N_("Public – for everyone"),
    Visibility.UNLISTED: N_("Unlisted – for those with the link"),
    Visibility.PRIVATE: N_("Private – only for you"),
}
STATES = {
    ProcessingState.UPLOADED: N_("Waiting to be checked"),
    ProcessingState.PROBING: N_("Being checked"),
    ProcessingState.PLAYABLE: N_("Playable"),
    ProcessingState.PROCESSING: N_("Playable"),
    ProcessingState.READY: N_("Ready"),
    ProcessingState.FAILED: N_("Failed"),
}

LANGUAGES = {"en": "English", "ru": "Русский"}
"""Each as its own people call it."""
INVITATION_STATES = {
    InvitationState.WAITING: N_("Waiting"),
    InvitationState.USED: N_("Used"),
    InvitationState.EXPIRED: N_("Over"),
}
SCOPES = {
    Scope.READ.value: N_("Read"),
    Scope.UPLOAD.value: N_("Upload videos"),
    Scope.WRITE.value: N_("Change"),
    Scope.MODERATE.value: N_("Moderate"),
}
SCOPE_HINTS = {
    Scope.READ.value: N_("See everything that you can see."),
    Scope.UPLOAD.value: N_("Send videos to your channel."),
    Scope.WRITE.value: N_("Change and delete all that is yours, but not your account itself."),
    Scope.MODERATE.value: N_("Do what your role allows with other people and their things."),
}
LIFETIMES = {
    "30": N_("30 days"),
    "90": N_("90 days"),
    "365": N_("A year"),
    "never": N_("Until you delete it"),
}
ROLES = {
    Role.MEMBER: N_("Member"),
    Role.MODERATOR: N_("Moderator"),
    Role.ADMIN: N_("Admin"),
}
REPORT_KINDS = {
    ReportKind.VIDEO: N_("Video"),
    ReportKind.COMMENT: N_("A comment"),
    ReportKind.USER: N_("Member"),
}
REPORT_REASONS = {
    ReportReason.SPAM: N_("Spam or advertising"),
    ReportReason.ABUSE: N_("Insults or harassment"),
    ReportReason.SEXUAL: N_("Sexual content"),
    ReportReason.VIOLENCE: N_("Violence or cruelty"),
    ReportReason.DANGEROUS: N_("Dangerous or illegal acts"),
    ReportReason.COPYRIGHT: N_("Somebody else's work"),
    ReportReason.PRIVACY: N_("Somebody's privacy"),
    ReportReason.OTHER: N_("Something else"),
}
REPORT_STATES = {
    ReportState.OPEN: N_("Waiting"),
    ReportState.RESOLVED: N_("Done"),
    ReportState.DISMISSED: N_("Dismissed"),
}
BAN_LENGTHS = {
    "1": N_("For a day"),
    "7": N_("For a week"),
    "30": N_("For a month"),
    "forever": N_("For good"),
}
ACTS = {
    "ban": N_("Ban"),
    "unban": N_("Ban lifted"),
    "change_role": N_("Role changed"),
    "delete_account": N_("Account deleted"),
    "delete_comment": N_("Comment deleted"),
    "hide_video": N_("Video hidden"),
    "unhide_video": N_("Video shown again"),
}
GOVERNED = {
    "banned": N_("%(name)s is banned."),
    "unbanned": N_("%(name)s is not banned any more."),
    "role": N_("%(name)s has another role now, and has to sign in again."),
    "same_role": N_("%(name)s has that role already."),
}
SIGN_IN_ANEW = N_("You signed in too long ago. Sign out, sign in and come back at once.")

UNKNOWN = Explanation(N_("Something went wrong."), N_("Try again in a moment."))

_MOST = {
    "/title": TITLE_MOST,
    "/description": DESCRIPTION_MOST,
    "/tags": TAG_MOST,
    "/display_name": DISPLAY_NAME_MOST,
    "/password": PASSWORD_MOST,
    "/new_password": PASSWORD_MOST,
    "/note": NOTE_MOST,
    "/text": REPORT_MOST,
    "/name": NAME_MOST,
    "/reason": BAN_REASON_MOST,
    "/comment": COMMENT_MOST,
}
_REQUIRED = {
    "/title": N_("Give the video a title."),
    "/display_name": N_("Enter the name that others will see."),
    "/password": N_("Choose a password."),
    "/new_password": N_("Choose a password."),
    "/file": N_("Choose a file."),
    "/name": N_("Give the token a name."),
    "/scopes": N_("Tick what the token may do."),
    "/language": N_("Choose a language."),
    "/comment": N_("Write something first."),
    "/captions": N_("Choose a file."),
    "/picture": N_("Choose a picture, or a time in the video."),
}
_REQUIRED_ELSE = N_("Fill in this field.")

_FIELD_ERRORS = {
    "invalid_email": N_("This is not an e-mail address."),
    "invalid_phone": N_("This is not a phone number. Write it with the country: +7…"),
    "invalid_character": N_("There is a character in it that is not allowed."),
    "invalid_choice": N_("Choose one of the options."),
    "too_long": N_("This is too long."),
    "too_short": N_("This is too short."),
    "empty_file": N_("The file is empty."),
    "invalid_language": N_("This is not a language tag. Write one such as ru or pt-BR."),
    "not_a_time": N_("Write a time such as 1:23."),
    "no_such_comment": N_("There is no such comment on this video any more."),
    "reply_to_reply": N_("This is a reply itself: answer what it replies to."),
    "out_of_range": N_("The video is not that long."),
    "not_a_picture": N_("This file is not a picture of the types JPEG, PNG and WebP."),
    "unreadable_picture": N_("This picture is damaged, or has more than 64 million pixels."),
    "no_frame": N_("There is no picture of the video at this time."),
    "unknown_encoding": N_(
        "The hub cannot tell how the text in this file is encoded. Save it as UTF-8."
    ),
    "no_cues": N_("There is no subtitle with a time and a text in this file."),
    "too_many_cues": N_("There are more than 20,000 subtitles in this file."),
    "bad_time": N_("This is no time such as 00:00:01.000 --> 00:00:02.500."),
    "time_too_late": N_("This is later than a video here can last."),
    "ends_too_early": N_("This subtitle ends before it begins."),
    "line_too_long": N_("This line has more than 2,000 characters."),
    "captions_too_long": N_("There is too much text in these subtitles."),
}
_LINE = N_("Line %(line)d: %(what)s")


def NN_(singular: str, plural: str) -> tuple[str, str]:  # noqa: N802
    """Mark a message with plural forms for the catalogue."""
    return singular, plural


_LIMITS = {
    "too_long": NN_("Use at most %(num)d character.", "Use at most %(num)d characters."),
    "too_short": NN_("Use at least %(num)d character.", "Use at least %(num)d characters."),
    "too_many": NN_("Use at most %(num)d tag.", "Use at most %(num)d tags."),
    "tag_too_long": NN_(
        "A tag may have at most %(num)d character.",
        "A tag may have at most %(num)d characters.",
    ),
}


def translated(translations: NullTranslations, texts: Mapping[_Key, str]) -> dict[_Key, str]:
    """Return texts in the catalogue's language."""
    return {key: translations.gettext(text) for key, text in texts.items()}


def problem_text(translations: NullTranslations, code: str, detail: str | None = None) -> str:
    """Return the sentence for an error or refusal code, in the catalogue's language."""
    known = PROBLEMS.get(code) or REFUSALS.get(code)
    if known is None and detail:
        return detail
    return translations.gettext((known or UNKNOWN).text)


def advice_text(translations: NullTranslations, code: str) -> str:
    """Return what to do about an error or refusal code."""
    known = PROBLEMS.get(code) or REFUSALS.get(code) or UNKNOWN
    return translations.gettext(known.advice)


def field_text(translations: NullTranslations, error: FieldError) -> str:
    """Return what is wrong with a field, in the catalogue's language."""
    # "/tags/3" is one tag of "/tags".
    pointer = re.sub(r"/\d+$", "", error.pointer)
    if error.code == "required":
        return translations.gettext(_REQUIRED.get(pointer, _REQUIRED_ELSE))
    if error.code == "too_many":
        return _counted(translations, "too_many", TAGS_MOST)
    if error.code == "too_short" and pointer in ("/password", "/new_password"):
        return _counted(translations, "too_short", PASSWORD_LEAST)
    if error.code == "too_long" and pointer in _MOST:
        code = "tag_too_long" if pointer == "/tags" else "too_long"
        return _counted(translations, code, _MOST[pointer])
    known = _FIELD_ERRORS.get(error.code)
    said = translations.gettext(known) if known else error.detail
    if pointer == "/captions" and pointer != error.pointer:
        line = int(error.pointer.rpartition("/")[2])
        return translations.gettext(_LINE) % {"line": line, "what": said}
    return said


def upload_field_texts(translations: NullTranslations) -> dict[str, dict[str, str]]:
    """Return for scripts what may be wrong with the fields of an upload, by code."""
    codes = ("required", "too_long", "too_many", "invalid_character", "invalid_choice")
    return {
        pointer: {
            code: field_text(translations, FieldError(pointer, code, "")) for code in codes
        }
        for pointer in ("/title", "/description", "/tags", "/visibility", "/file")
    }


def _counted(translations: NullTranslations, code: str, num: int) -> str:
    one, many = _LIMITS[code]
    return translations.ngettext(one, many, num) % {"num": num}

"""What the core asks of the fields that it checks itself, as a schema says it."""

from __future__ import annotations

from typing import Any

from entrypoints.edge.playback_links import SECONDS_LEAST, SECONDS_MOST
from videohub_core.accounts.entities import (
    BAN_REASON_MOST,
    DISPLAY_NAME_MOST,
    EMAIL_MOST,
    PASSWORD_LEAST,
    PASSWORD_MOST,
)
from videohub_core.channels.entities import DESCRIPTION_MOST as CHANNEL_DESCRIPTION_MOST
from videohub_core.channels.entities import TITLE_MOST as CHANNEL_TITLE_MOST
from videohub_core.chat.entities import CLIENT_ID_MOST, INDEX_MOST, MEMBERS_MOST, SLOW_MOST
from videohub_core.chat.entities import TEXT_MOST as MESSAGE_MOST
from videohub_core.chat.entities import TITLE_MOST as ROOM_TITLE_MOST
from videohub_core.comments.entities import TEXT_MOST
from videohub_core.invitations.entities import NOTE_MOST
from videohub_core.moderation.entities import NOTE_MOST as NOTE_MOST_OF_REPORT
from videohub_core.moderation.entities import REPORT_MOST
from videohub_core.search.entities import QUERY_MOST, SUGGESTED_FOR_MOST, WORDS_MOST
from videohub_core.shared.ids import ID_PATTERN
from videohub_core.shared.locales import LOCALES
from videohub_core.tokens.entities import LASTS_MOST_DAYS, Scope
from videohub_core.tokens.entities import NAME_MOST as TOKEN_NAME_MOST
from videohub_core.videos.entities import (
    DESCRIPTION_MOST,
    HIDDEN_REASON_MOST,
    TAG_MOST,
    TAGS_MOST,
    TITLE_MOST,
    Visibility,
)

Rule = dict[str, Any]

_CONTROLS = r"\u0000-\u001f\u007f-\u009f"
ONE_LINE = f"^[^{_CONTROLS}]*$"
# A line with something to see in it: blanks around it are trimmed.
_VISIBLE_LINE = rf"^[^{_CONTROLS}]*[^\s{_CONTROLS}][^{_CONTROLS}]*$"
_PROSE = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$"

EMAIL: Rule = {"format": "email", "maxLength": EMAIL_MOST}
NEW_PASSWORD: Rule = {
    "format": "password",
    "minLength": PASSWORD_LEAST,
    "maxLength": PASSWORD_MOST,
    "pattern": ONE_LINE,
}
PASSWORD: Rule = {"format": "password"}
DISPLAY_NAME: Rule = {
    "minLength": 1,
    "maxLength": DISPLAY_NAME_MOST,
    "pattern": _VISIBLE_LINE,
}
TITLE: Rule = {"minLength": 1, "maxLength": TITLE_MOST, "pattern": _VISIBLE_LINE}
DESCRIPTION: Rule = {"maxLength": DESCRIPTION_MOST, "pattern": _PROSE}
# Prose with something to see in it: blanks around it are trimmed.
COMMENT_TEXT: Rule = {
    "minLength": 1,
    "maxLength": TEXT_MOST,
    "pattern": _PROSE.replace("]*$", "]*[^\\s\\u0000-\\u001f\\u007f-\\u009f]") + _PROSE[1:],
}
TAGS: Rule = {
    "maxItems": TAGS_MOST,
    "items": {"type": "string", "maxLength": TAG_MOST, "pattern": ONE_LINE},
}
_TAG = f"[^,{_CONTROLS}]{{0,{TAG_MOST}}}"
TAGS_IN_A_FORM: Rule = {"pattern": f"^{_TAG}(,{_TAG}){{0,{TAGS_MOST - 1}}}$"}
VISIBILITY: Rule = {"enum": [known.value for known in Visibility]}
CURSOR: Rule = {
    "format": "cursor",
    "description": "The `next_cursor` of the page before.",
}
NULLABLE: Rule = {"x-nullable": True}

INVITATION: Rule = {"description": "The secret of a link that invites.", **NULLABLE}
PHONE: Rule = {
    "format": "phone",
    "description": "As people write it; without a country it is of the hub's.",
}

REGISTRATION = {
    "email": EMAIL,
    "password": NEW_PASSWORD,
    "display_name": DISPLAY_NAME,
    "invitation": INVITATION,
}
ACCOUNT_CHANGE = {
    "display_name": DISPLAY_NAME,
    "locale": {"enum": list(LOCALES), **NULLABLE},
    "phone": {**PHONE, **NULLABLE},
    "email": EMAIL,
    "current_password": {**PASSWORD, "description": "Needed for another e-mail."},
}
PASSWORD_CHANGE = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
MAIL_REQUEST = {"email": EMAIL}
PASSWORD_RESET = {"password": NEW_PASSWORD}
NEW_INVITATION = {
    "email": {**EMAIL, **NULLABLE},
    "note": {"maxLength": NOTE_MOST, "pattern": ONE_LINE, **NULLABLE},
}
CREDENTIALS = {"password": PASSWORD}
VIDEO = {
    "title": TITLE,
    "description": DESCRIPTION,
    "tags": TAGS,
    "visibility": VISIBILITY,
    "comments_allowed": {"description": "Whether there may be new comments."},
}
VIDEO_CHANGE = {
    **VIDEO,
    "description": {**DESCRIPTION, **NULLABLE},
    "tags": {**TAGS, **NULLABLE},
}
CHANNEL_CHANGE = {
    "title": {"minLength": 1, "maxLength": CHANNEL_TITLE_MOST, "pattern": _VISIBLE_LINE},
    "description": {"maxLength": CHANNEL_DESCRIPTION_MOST, "pattern": _PROSE, **NULLABLE},
}
PAGE = {"cursor": CURSOR}
COMMENTS = {
    **PAGE,
    "reply_to": {
        "pattern": f"^{ID_PATTERN}$",
        "description": "List the replies to this comment instead.",
    },
}
COMMENT = {
    "text": COMMENT_TEXT,
    "media_time": {
        "minimum": 0,
        "description": "Which second of the video it is about.",
        **NULLABLE,
    },
    "reply_to": {
        "pattern": f"^{ID_PATTERN}$",
        "description": "The comment that it answers, which is no reply itself.",
        **NULLABLE,
    },
}
COMMENT_CHANGE = {"text": COMMENT_TEXT}
ROOM_TITLE: Rule = {"minLength": 1, "maxLength": ROOM_TITLE_MOST, "pattern": _VISIBLE_LINE}
_ID: Rule = {"pattern": f"^{ID_PATTERN}$"}
NEW_ROOM = {
    "user_id": {**_ID, "description": "The other one, for a private room.", **NULLABLE},
    "title": {**ROOM_TITLE, "description": "Of a group.", **NULLABLE},
    "member_ids": {
        "maxItems": MEMBERS_MOST - 1,
        "items": {"type": "string", **_ID},
        "description": "Whom to invite into a group.",
    },
}
ROOM_CHANGE = {
    "title": ROOM_TITLE,
    "slow_seconds": {
        "minimum": 0,
        "maximum": SLOW_MOST,
        "description": "How long everyone waits between two messages; 0 for not at all.",
    },
}
ROOM_LIMIT = {"until": {**NULLABLE, "description": "When it ends; never, if it is left out."}}
_INDEX: Rule = {"minimum": 0, "maximum": INDEX_MOST}
HISTORY = dict.fromkeys(("before", "after", "around"), _INDEX)
MESSAGE_TEXT: Rule = {**COMMENT_TEXT, "maxLength": MESSAGE_MOST}
NEW_MESSAGE = {
    "text": MESSAGE_TEXT,
    "client_id": {
        "minLength": 1,
        "maxLength": CLIENT_ID_MOST,
        "pattern": ONE_LINE,
        "description": "Names it among what its author says in the room.",
        **NULLABLE,
    },
    "reply_to": {
        "minimum": 1,
        "maximum": INDEX_MOST,
        "description": "The index of the message that it answers.",
        **NULLABLE,
    },
}
MESSAGE_CHANGE = {"text": MESSAGE_TEXT}
READ_MARK = {"index": {**_INDEX, "description": "The latest message that is read."}}
TAG: Rule = {"minLength": 1, "maxLength": TAG_MOST, "pattern": _VISIBLE_LINE}
VIDEO_LIST = {**PAGE, "tag": TAG}
PLAYED_MOST = 10**6
"""More seconds than a playback lasts."""
PLAYBACK = {
    "seconds": {
        "minimum": 0,
        "maximum": PLAYED_MOST,
        "description": "Of this playback, all together, whatever parts of the video they were.",
    }
}
REFRESH = {"refresh_token": PASSWORD}
ACCESS_TOKEN = {
    "name": {"minLength": 1, "maxLength": TOKEN_NAME_MOST, "pattern": _VISIBLE_LINE},
    "scopes": {
        "minItems": 1,
        "items": {"type": "string", "enum": [scope.value for scope in Scope]},
    },
    "days": {"minimum": 1, "maximum": LASTS_MOST_DAYS, **NULLABLE},
}
PLAYBACK_LINK = {"seconds": {"minimum": SECONDS_LEAST, "maximum": SECONDS_MOST, **NULLABLE}}
BAN = {
    "reason": {"maxLength": BAN_REASON_MOST, "pattern": ONE_LINE},
    "until": {**NULLABLE, "description": "When it ends; never, if it is left out."},
}
REPORT = {"text": {"maxLength": REPORT_MOST, "pattern": _PROSE}}
DECISION = {"note": {"maxLength": NOTE_MOST_OF_REPORT, "pattern": _PROSE}}
HIDING = {"reason": {"maxLength": HIDDEN_REASON_MOST, "pattern": ONE_LINE}}
USERS = {**PAGE, "search": {"description": "A part of the name or the e-mail."}}
WORDS: Rule = {
    "format": "words",
    "minLength": 1,
    "maxLength": QUERY_MOST,
    "description": f"At most {WORDS_MOST} words, in any of their forms; the beginning of a word"
    " will do. Words in quotation marks have to follow each other.",
}
# Nine digits.
SECONDS: Rule = {"minimum": 0, "maximum": 10**9 - 1, "description": "Seconds."}
SEARCH = {
    **PAGE,
    "q": WORDS,
    "tag": TAG,
    "duration_min": SECONDS,
    "duration_max": SECONDS,
    "published_after": {"description": "Such as 2030-12-31T23:59:00Z."},
}
SUGGESTIONS = {
    "q": {**WORDS, "maxLength": SUGGESTED_FOR_MOST, "description": "As far as it is typed."}
}

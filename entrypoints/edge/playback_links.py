"""Links to a video's bytes for players that send no credential, good for a while.

The query says by which credential they were asked for, and until when they are good, with an
HMAC over both and the video. They are no right of their own: what the member may not see any
more, nobody may by them, and they end with the credential: at a sign-out, with the token, when
the password changes, and by a ban.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from urllib.parse import urlencode

from entrypoints.edge.errors import PlaybackLinkInvalid
from videohub_core.shared.ids import VideoId

SECONDS_LEAST = 60
SECONDS_MOST = 24 * 3600
SECONDS_USUAL = 6 * 3600

FIELDS = ("by", "expires", "signature")
_CREDENTIAL = re.compile(r"[a-z]+-[A-Za-z0-9_=-]{1,100}", re.ASCII)
_EXPIRES = re.compile(r"\d{1,12}", re.ASCII)
_NAMED = re.compile(r"^([\w-]+\.(?:m3u8|mp4|webp))(#[\w=,]*)?$", re.ASCII | re.MULTILINE)
_URI = re.compile(r'URI="([\w-]+\.(?:m3u8|mp4))"', re.ASCII)


def make_query(secret: bytes, video_id: VideoId, credential: str, expires: int) -> str:
    """Return the query of a link that is good until `expires`, in seconds since 1970."""
    signature = _signature(secret, video_id, credential, str(expires))
    return urlencode({"by": credential, "expires": expires, "signature": signature})


def read_query(secret: bytes, video_id: VideoId, query: Mapping[str, str], now: float) -> str:
    """Return by which credential it is; raise PlaybackLinkInvalid for one that is not good."""
    by, expires = query.get("by", ""), query.get("expires", "")
    if not _CREDENTIAL.fullmatch(by) or not _EXPIRES.fullmatch(expires):
        raise PlaybackLinkInvalid
    expected = _signature(secret, video_id, by, expires).encode()
    sent = query.get("signature", "").encode("utf-8", "replace")
    if not hmac.compare_digest(expected, sent) or now >= int(expires):
        raise PlaybackLinkInvalid
    return by


def carry_on(text: str, link: Mapping[str, str]) -> str:
    """Return a playlist or a storyboard whose files are named with the link's query too."""
    query = urlencode(link)
    text = _URI.sub(rf'URI="\1?{query}"', text)
    return _NAMED.sub(lambda named: f"{named[1]}?{query}{named[2] or ''}", text)


def _signature(secret: bytes, video_id: VideoId, credential: str, expires: str) -> str:
    signed = f"playback {video_id} {credential} {expires}".encode()
    digest = hmac.digest(secret, signed, hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")

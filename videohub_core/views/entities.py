"""What a view is: the published rule."""

from __future__ import annotations

import base64
import hmac
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from videohub_core.shared.ids import UserId, VideoId

SECONDS_LEAST = 10.0
"""A playback that showed so much is a view; of a shorter video, half of it."""
ONCE_IN = timedelta(hours=6)
"""A viewer is counted once in so long, from their last view of the video on."""
VIEWERS_KEPT = timedelta(days=30)
"""After this nobody can tell any more that two views were the same viewer's."""

MEMBER, STRANGER = "m", "s"
"""How the names of viewers begin."""
STRANGERS_MOST = 32
"""So many viewers at most are counted at one address, whatever their programs say they are."""

_PSEUDONYM_BYTES = 23
_IPV6_NETWORK = 8


@dataclass(frozen=True)
class Viewing:
    """Somebody has watched enough of a video to be counted, if they were not lately."""

    video_id: VideoId
    viewer: str
    at: datetime


def is_enough(seconds: float, duration: float | None) -> bool:
    """Tell whether a playback that showed so many seconds is a view."""
    return seconds >= SECONDS_LEAST or (duration is not None and seconds * 2 >= duration)


def pseudonym(secret: bytes, user_id: UserId | None, address: str, client: str) -> str:
    """Return a name for a viewer that only the hub's secret leads to: 32 characters.

    A stranger is an address with a User-Agent, of which each address has `STRANGERS_MOST`
    kinds. Of IPv6 the network counts, since devices change the rest of it by themselves.
    """
    if user_id:
        return MEMBER + _name(secret, f"user {user_id}")
    kind = zlib.crc32(client.encode("utf-8", "replace")) % STRANGERS_MOST
    return STRANGER + _name(secret, f"stranger {_place(address)} {kind}")


def _name(secret: bytes, who: str) -> str:
    digest = hmac.digest(secret, b"viewer " + who.encode("utf-8", "replace"), "sha256")
    return base64.urlsafe_b64encode(digest[:_PSEUDONYM_BYTES]).decode().rstrip("=")


def _place(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return parsed.packed[:_IPV6_NETWORK].hex()
    return address

"""Links that people and programs are given, on the hub's public address."""

from __future__ import annotations

from urllib.parse import quote


def invitation_link(public_url: str, token: str) -> str:
    """Return the page on which whoever is invited registers."""
    return f"{public_url}/register?invitation={token}"


def watch_link(public_url: str, video_id: str) -> str:
    """Return the page on which a video is watched."""
    return f"{public_url}/watch/{video_id}"


def embed_link(public_url: str, video_id: str) -> str:
    """Return the page that other sites show in a frame."""
    return f"{public_url}/embed/{video_id}"


def channel_link(public_url: str, channel_id: str) -> str:
    return f"{public_url}/channels/{channel_id}"


def media_link(public_url: str, video_id: str, name: str) -> str:
    """Return where a file of a video is."""
    return f"{public_url}/media/{video_id}/{name}"


def tag_path(tag: str) -> str:
    """Return where people find the videos of a tag; a slash of it is none of the path."""
    return f"/tags/{quote(tag, safe='', errors='replace')}"


def tag_link(public_url: str, tag: str) -> str:
    return f"{public_url}{tag_path(tag)}"


def tag_feed_path(tag: str) -> str:
    """Return where the feed of a tag is."""
    return f"/feeds{tag_path(tag)}.rss"

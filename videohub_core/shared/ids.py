"""Identifiers: opaque strings of URL-safe characters, never sequential."""

from __future__ import annotations

import hashlib
from typing import NewType, Protocol

UserId = NewType("UserId", str)
ChannelId = NewType("ChannelId", str)
VideoId = NewType("VideoId", str)
UploadId = NewType("UploadId", str)
JobId = NewType("JobId", str)
FamilyId = NewType("FamilyId", str)
AccessTokenId = NewType("AccessTokenId", str)
AuditId = NewType("AuditId", str)
ReportId = NewType("ReportId", str)
InvitationId = NewType("InvitationId", str)
CommentId = NewType("CommentId", str)
RoomId = NewType("RoomId", str)

ID_PATTERN = "[0-9A-Za-z]{16}"


class Ids(Protocol):
    """Makes identifiers and secrets that nobody can guess."""

    def new(self) -> str:
        """Return a fresh id that matches `ID_PATTERN` (95 random bits)."""

    def secret(self) -> str:
        """Return a fresh URL-safe secret of at least 256 random bits."""


def hash_of(secret: str) -> str:
    """Return what is stored of a secret. It is random, so a plain hash will do."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()

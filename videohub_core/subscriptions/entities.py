"""A subscription."""

from __future__ import annotations

from enum import Enum


class Bell(Enum):
    """What a subscriber is told about a channel's new videos."""

    ALL = "all"
    NONE = "none"

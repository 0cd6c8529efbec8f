"""Who is asking. Use cases take an `Actor`, or None where anybody may ask."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from videohub_core.shared.ids import UserId


class Role(Enum):
    """What a user may do beyond their own things; each includes the one before."""

    MEMBER = "member"
    MODERATOR = "moderator"
    ADMIN = "admin"

    def includes(self, other: Role) -> bool:
        """Tell whether this role may do all that the other may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True)
class Actor:
    """A user whose credential has been checked."""

    id: UserId
    role: Role = Role.MEMBER


OPERATOR = Actor(UserId("operator"), Role.ADMIN)
"""Whoever runs the hub, at its command line: nobody's account."""

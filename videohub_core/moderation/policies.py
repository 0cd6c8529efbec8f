"""Who keeps order."""

from __future__ import annotations

from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.errors import NotAllowed


def check_moderates(actor: Actor) -> None:
    """Raise NotAllowed unless the actor is a moderator or an admin."""
    if not actor.role.includes(Role.MODERATOR):
        raise NotAllowed

"""End what was given out before an account changed hands or rank."""

from __future__ import annotations

from videohub_core.accounts.events import PasswordChanged, RoleChanged
from videohub_core.shared.clock import Clock
from videohub_core.tokens.ports import TokensUnitOfWork


class RevokeFamilies:
    """Reaction to `PasswordChanged` and `RoleChanged`: every client signs in again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self, uow: TokensUnitOfWork, event: PasswordChanged | RoleChanged) -> None:
        uow.families.revoke_of(event.user_id, self._clock.now())

"""End the personal tokens of an account that was taken back."""

from __future__ import annotations

from videohub_core.accounts.events import AccountRecovered
from videohub_core.tokens.ports import TokensUnitOfWork


class RemoveAccessTokens:
    """Reaction to `AccountRecovered`: who made them is not known."""

    def __call__(self, uow: TokensUnitOfWork, event: AccountRecovered) -> None:
        uow.access_tokens.remove_of(event.user_id)

"""Find out whether an account has a password."""

from __future__ import annotations

from videohub_core.accounts.ports import AccountReader
from videohub_core.shared.actor import Actor


class HasPassword:
    """Tell whether the actor has a password; who comes from a provider may have none."""

    def __init__(self, reader: AccountReader) -> None:
        self._reader = reader

    def __call__(self, *, actor: Actor) -> bool:
        return self._reader.password_hash(actor.id) is not None

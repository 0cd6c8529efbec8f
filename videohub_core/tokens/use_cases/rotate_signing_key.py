"""Sign with a fresh key."""

from __future__ import annotations

from videohub_core.shared.clock import Clock
from videohub_core.tokens.entities import key_is_good
from videohub_core.tokens.ports import KeyMaker, TokensUnitOfWork


class RotateSigningKey:
    """Make a new key and retire those before it. For whoever runs the hub: it asks no actor.

    A retired key signs no more and is published until all it signed has ended.
    """

    def __init__(self, uow: TokensUnitOfWork, maker: KeyMaker, clock: Clock) -> None:
        self._uow = uow
        self._maker = maker
        self._clock = clock

    def __call__(self, *, at_once: bool = False) -> str:
        """Return the name of the new key.

        `at_once` is for keys that somebody else may have: nothing they signed is good any more.
        """
        made = self._maker.make(self._clock.now())
        with self._uow as uow:
            for key in uow.signing_keys.all():
                key.retire(made.created)
                if at_once or not key_is_good(key.retired_at, made.created):
                    uow.signing_keys.remove(key)
            uow.signing_keys.add(made)
            uow.commit()
        return made.kid

    def if_there_is_none(self) -> None:
        """Make the first key; of two that do so at once, both are good."""
        with self._uow as uow:
            there = any(key.retired_at is None for key in uow.signing_keys.all())
        if not there:
            self()

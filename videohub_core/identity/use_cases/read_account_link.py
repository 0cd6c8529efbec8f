"""Find out which account waits to be linked."""

from __future__ import annotations

from videohub_core.identity.entities import ProvenIdentity
from videohub_core.identity.policies import proven
from videohub_core.identity.ports import IdentityUnitOfWork, Seal
from videohub_core.shared.clock import Clock


class ReadAccountLink:
    """Return who waits for a password with this token; raise InvalidLogin."""

    def __init__(self, uow: IdentityUnitOfWork, seal: Seal, clock: Clock) -> None:
        self._uow = uow
        self._seal = seal
        self._clock = clock

    def __call__(self, *, token: str | None) -> ProvenIdentity:
        with self._uow as uow:
            return proven(uow, self._seal, token, self._clock.now())

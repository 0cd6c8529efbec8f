"""What verifies our tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from videohub_core.shared.clock import Clock
from videohub_core.tokens.ports import TokenReader


class ReadPublicKeys:
    """Return the public keys as JWKs (RFC 7517), the newest one first."""

    def __init__(self, reader: TokenReader, clock: Clock) -> None:
        self._reader = reader
        self._clock = clock

    def __call__(self) -> Sequence[Mapping[str, str]]:
        now = self._clock.now()
        return [key.jwk for key in self._reader.public_keys() if key.is_good_at(now)]

"""Programs that read pages, known by their User-Agent."""

from __future__ import annotations

from functools import lru_cache

CLIENT_MOST = 500
"""No browser calls itself by a longer name."""
_KNOWN_MOST = 10_000


class KnownPrograms:
    """`Programs` by the list of crawler-user-agents, which is loaded when first asked."""

    def __init__(self) -> None:
        self._is_listed = lru_cache(_KNOWN_MOST)(_is_listed)

    def is_program(self, client: str) -> bool:
        return not client.strip() or len(client) > CLIENT_MOST or self._is_listed(client)


def _is_listed(client: str) -> bool:
    from crawleruseragents import is_crawler

    return bool(is_crawler(client))

"""One hub for the tests that only use it, and clips for all."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from tests.end_to_end.hub import Hub, Member, running_hub

_numbers = count(1)


@pytest.fixture(scope="session")
def shared_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running_hub(tmp_path_factory.mktemp("hub"), upload_size_most="300M") as hub:
        yield hub


@pytest.fixture
def anna(shared_hub: Hub) -> Member:
    return Member(shared_hub, f"anna{next(_numbers)}")


@pytest.fixture
def boris(shared_hub: Hub) -> Member:
    return Member(shared_hub, f"boris{next(_numbers)}")

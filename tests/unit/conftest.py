"""Where members come in, over fakes."""

from __future__ import annotations

import pytest

from tests.factories.hall import Hall
from tests.fakes.simple import FakeClock, FakeIds
from tests.fakes.storage import FakeStorage


@pytest.fixture
def hall(fake_storage: FakeStorage, ids: FakeIds, clock: FakeClock) -> Hall:
    return Hall(fake_storage, ids, clock)

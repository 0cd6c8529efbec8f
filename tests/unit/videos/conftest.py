"""The workshop that processing is tested in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.simple import FakeClock
from tests.fakes.storage import FakeStorage
from tests.unit.videos.workshop import Workshop


@pytest.fixture
def shop(fake_storage: FakeStorage, clock: FakeClock, tmp_path: Path) -> Workshop:
    return Workshop(fake_storage, clock, tmp_path)

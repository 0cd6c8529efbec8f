"""The real media sandbox with clips to open in it, and the commands on a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from adapters.media.sandbox import ChildProcessSandbox
from entrypoints.cli.main import main
from entrypoints.settings import Settings
from tests.integration.media_files import Lent, Made
from tests.samples import make_clip
from videohub_core.videos.entities import MediaKey
from videohub_core.videos.errors import MediaRefused


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="module")
def good(clips: Path) -> Path:
    return make_clip(clips / "good.mp4", seconds=4)


@pytest.fixture
def sandbox(tmp_path: Path, clips: Path) -> ChildProcessSandbox:
    return ChildProcessSandbox(tmp_path / "work", Lent(clips))


@pytest.fixture
def make(sandbox: ChildProcessSandbox, tmp_path: Path) -> Callable[[Path], Made]:
    def make(original: Path) -> Made:
        with sandbox.open(MediaKey(original.name), "job") as media:
            info = media.probe()
            video = media.make_playable().rename(tmp_path / "playable.mp4")
            poster = media.poster()
            kept = poster.rename(tmp_path / "poster.jpg") if poster else None
        return Made(info, video, kept)

    return make


@pytest.fixture
def refusal(make: Callable[[Path], Made]) -> Callable[[Path], str]:
    def refusal(original: Path) -> str:
        with pytest.raises(MediaRefused) as refused:
            make(original)
        return refused.value.reason

    return refusal


@pytest.fixture
def videohub(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command on the data folder of the fixture `container`."""
    monkeypatch.setenv("VIDEOHUB_DATA_DIR", str(settings.data_dir))

    def videohub(*arguments: str) -> Result:
        ini = Path(__file__).parents[2] / "development.ini"
        return CliRunner().invoke(main, ["--config", str(ini), *arguments])

    return videohub

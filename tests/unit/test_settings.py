"""Settings: one name each, everything wrong named at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from entrypoints.settings import Listen, Settings, WrongSettings, make_settings, read_settings

ROOT = Path(__file__).parents[2]


def made(environ: dict[str, str] | None = None, **values: str) -> Settings:
    given = {"data_dir": "/data", **values}
    return make_settings({f"videohub.{k}": v for k, v in given.items()}, environ or {})


def test_what_is_not_said_has_a_sensible_value() -> None:
    settings = made()
    assert settings.listen == Listen("127.0.0.1", 6543)
    assert settings.public_url == "http://localhost:6543"
    assert settings.database_url == "sqlite:////data/videohub.sqlite3"
    assert settings.secret_file == Path("/data/secret")
    assert not settings.development
    assert not settings.migrate_on_start


def test_the_environment_wins() -> None:
    settings = made({"VIDEOHUB_LISTEN": "0.0.0.0:80", "VIDEOHUB_QUOTA": "5G"}, quota="1G")
    assert settings.listen == Listen("0.0.0.0", 80)
    assert settings.quota == 5 << 30


def test_everything_wrong_is_named_at_once() -> None:
    with pytest.raises(WrongSettings) as caught:
        make_settings(
            {
                "videohub.listen": "80",
                "videohub.public_url": "ftp://x",
                "videohub.database_url": "mysql://x",
                "videohub.worker": "maybe",
                "videohub.development": "perhaps",
                "videohub.quota": "lots",
                "videohub.video_hours_most": "0",
                "videohub.colour": "red",
            },
            {},
        )
    lines = str(caught.value).splitlines()
    names = ["data_dir", "listen", "public_url", "database_url", "worker", "development"]
    names += ["quota", "video_hours_most", "colour"]
    assert len(lines) == len(names)
    for name in names:
        assert any(name in line for line in lines), name


@pytest.mark.parametrize(
    "url",
    ["postgresql+psycopg://", "postgresql+psycopg://host:port/hub", "sqlite:///", "hub.db"],
)
def test_a_database_that_cannot_be_is_named(url: str) -> None:
    with pytest.raises(WrongSettings, match="VIDEOHUB_DATABASE_URL"):
        made({"VIDEOHUB_DATABASE_URL": url})


@pytest.mark.parametrize(
    ("text", "expected"), [("1", 1), ("5K", 5120), ("2m", 2 << 20), ("1T", 1 << 40)]
)
def test_sizes(text: str, expected: int) -> None:
    assert made(quota=text).quota == expected


@pytest.mark.parametrize("name", ["development.ini", "production.ini"])
def test_the_files_that_come_with_the_hub_are_right(name: str) -> None:
    settings = read_settings(ROOT / name, {})
    assert settings.source == ROOT / name
    assert settings.development == (name == "development.ini")
    assert settings.behind_tls == (name == "production.ini")


def test_a_file_that_is_not_there_is_said() -> None:
    with pytest.raises(WrongSettings, match="no settings file"):
        read_settings(Path("/nowhere.ini"))


def test_every_setting_is_explained_to_operators() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for name in Settings.__dataclass_fields__.keys() - {"source"}:
        assert f"`VIDEOHUB_{name.upper()}`" in text, name

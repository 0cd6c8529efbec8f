"""Others' browser code: only named files, and none is needed."""

from __future__ import annotations

from pathlib import Path

from entrypoints.edge.browser_code import FILES, BrowserCode, missing


def install(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / FILES[name]
        path.parent.mkdir(parents=True)
        path.write_text(name)
    (folder / "tus-js-client/package.json").write_text("{}")


def test_only_named_files_are_read(tmp_path: Path) -> None:
    install(tmp_path, "tus.min.js")
    assert BrowserCode(tmp_path).files == {"tus.min.js": b"tus.min.js"}
    assert missing(tmp_path) == ["hls.js"]


def test_the_address_changes_with_the_code(tmp_path: Path) -> None:
    install(tmp_path, "tus.min.js")
    before = BrowserCode(tmp_path).digest
    (tmp_path / FILES["tus.min.js"]).write_text("newer")
    assert BrowserCode(tmp_path).digest != before


def test_a_machine_without_node_has_none(tmp_path: Path) -> None:
    assert BrowserCode(tmp_path).files == {}
    assert missing(tmp_path) == ["hls.js", "tus-js-client"]

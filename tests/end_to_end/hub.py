"""A hub that was started as its operator starts it, and members who use it over HTTP."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import requests

from tests.waiting import eventually

ROOT = Path(__file__).parents[2]
PASSWORD = "long enough"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Hub:
    """`pserve development.ini` on a data folder and a port of its own."""

    def __init__(self, data_dir: Path, log: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self.log = log
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._settings = settings
        self._seen: dict[int, psutil.Process] = {}
        self.process: subprocess.Popen[bytes]

    def configure(self, **settings: str) -> None:
        """Add settings before the start, such as those that need the hub's address."""
        self._settings |= settings

    def start(self, *options: str) -> Hub:
        self.process = self.popen(*options)
        eventually(self._is_ready, 30)
        self.note_processes()
        return self

    def popen(self, *options: str) -> subprocess.Popen[bytes]:
        """Start without waiting, in a process group of its own like a shell's job."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [str(Path(sys.executable).with_name("pserve")), "development.ini", *options],
                cwd=ROOT,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def command(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """Start `videohub` beside the hub, whether that runs or not."""
        program = Path(sys.executable).with_name("videohub")
        return subprocess.Popen(
            [program, "--config", ROOT / "development.ini", *arguments],
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    @property
    def environ(self) -> dict[str, str]:
        return {
            **{k: v for k, v in os.environ.items() if not k.startswith("VIDEOHUB_")},
            "VIDEOHUB_DATA_DIR": str(self.data_dir),
            "VIDEOHUB_LISTEN": f"127.0.0.1:{self.port}",
            **{f"VIDEOHUB_{name.upper()}": value for name, value in self._settings.items()},
        }

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        with contextlib.suppress(requests.ConnectionError):
            return requests.get(f"{self.url}/health/ready", timeout=5).status_code == 200
        return False

    def note_processes(self) -> list[psutil.Process]:
        """Remember every process of the tree, so that survivors can be told."""
        root = psutil.Process(self.process.pid)
        for process in [root, *root.children(recursive=True)]:
            self._seen[process.pid] = process
        return list(self._seen.values())

    def worker(self) -> psutil.Process:
        """Return the worker once it runs."""

        def find() -> psutil.Process | None:
            for process in psutil.Process(self.process.pid).children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    if "entrypoints.worker" in process.cmdline():
                        return process
            return None

        found = eventually(find)
        assert found is not None
        self._seen[found.pid] = found
        return found

    def survivors(self) -> list[psutil.Process]:
        return [p for p in self._seen.values() if p.is_running() and p.status() != "zombie"]

    def mailed(self, address: str, path: str) -> str:
        """Return the secret of the last link to a page that was mailed to an address.

        In development, mails are in the log.
        """

        def look() -> str | None:
            mails = self.log.read_text(encoding="utf-8").split("\nTo: ")
            links = [re.search(rf"{path}\?\w+=([\w-]+)", mail) for mail in mails]
            to = [mail.partition("\n")[0] for mail in mails]
            found = [
                link[1] for link, who in zip(links, to, strict=True) if link and who == address
            ]
            return found[-1] if found else None

        return str(eventually(look))

    def interrupt_group(self) -> None:
        """Press Ctrl-C: the terminal signals the whole foreground process group."""
        os.killpg(self.process.pid, signal.SIGINT)

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.terminate()
        code = self.process.wait(15)
        eventually(lambda: not self.survivors())
        return code


class Member:
    """Somebody with an account, over real HTTP."""

    def __init__(self, hub: Hub, name: str) -> None:
        self.hub = hub
        self.http = requests.Session()
        self.email = f"{name}@example.test"
        self.csrf = self.token()
        registered = self.post(
            "/api/v1/users",
            json={"email": self.email, "password": PASSWORD, "display_name": name},
        )
        assert registered.status_code == 201, registered.text
        self.sign_in()

    def sign_in(self) -> None:
        self.csrf = self.token()
        signed_in = self.post(
            "/api/v1/session", json={"email": self.email, "password": PASSWORD}
        )
        assert signed_in.status_code == 201, signed_in.text
        self.csrf = signed_in.json()["csrf_token"]

    def promoted(self, role: str = "admin") -> Member:
        """Give the member a role at the command line; whoever gets one signs in again."""
        command = self.hub.command("users", "promote", self.email, "--role", role)
        said, _ = command.communicate(timeout=60)
        assert command.returncode == 0, said
        self.sign_in()
        return self

    def token(self) -> str:
        return str(self.get("/api/v1/csrf").json()["csrf_token"])

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.http.get(self.hub.url + path, timeout=30, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        headers = {"X-CSRF-Token": self.csrf, **options.pop("headers", {})}
        return self.http.post(self.hub.url + path, headers=headers, timeout=60, **options)

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"X-CSRF-Token": self.csrf, **options.pop("headers", {})}
        return self.http.request(
            method, self.hub.url + path, headers=headers, timeout=30, **options
        )

    def upload(
        self, file: Path | bytes, name: str = "clip.mp4", **fields: str
    ) -> requests.Response:
        data = file if isinstance(file, bytes) else file.read_bytes()
        parts: list[Any] = [(k, (None, v)) for k, v in {"title": "Узлы", **fields}.items()]
        return self.post("/api/v1/videos", files=[*parts, ("file", (name, data, "video/mp4"))])

    def processed(self, video_id: str, *, until: tuple[str, ...] = ("ready", "failed")) -> Any:
        """Return the video once processing has come that far."""

        def look() -> Any:
            video = self.get(f"/api/v1/videos/{video_id}").json()
            return video if video["processing"]["state"] in until else None

        return eventually(look, 40)


@contextlib.contextmanager
def running_hub(folder: Path, **settings: str) -> Iterator[Hub]:
    hub = Hub(folder / "data", folder / "log", **settings)
    try:
        yield hub.start()
    finally:
        hub.stop()


def stored_files(hub: Hub) -> list[str]:
    """Return what lies in the data folder besides databases and the like."""
    return sorted(
        str(path.relative_to(hub.data_dir))
        for name in ("originals", "media", "work")
        for path in (hub.data_dir / name).rglob("*")
        if path.is_file()
    )

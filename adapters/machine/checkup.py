"""What this machine gives the hub: Python, packages, folders, a port; for the operator."""

from __future__ import annotations

import http.client
import json
import os
import platform
import shutil
import socket
import ssl
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from packaging.requirements import Requirement

KEY_PACKAGES = (
    *("pyramid", "cornice", "sqlalchemy", "alembic", "tornado", "huey"),
    *("dependency-injector", "av", "imageio-ffmpeg"),
)
PYTHON_LEAST = (3, 11)
_OWN = "videohub"
_SECRET_LEAST = 32
_OTHERS_MAY = 0o077
_ANSWER_SECONDS = 2.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "*": "127.0.0.1"}  # nosec B104


@dataclass(frozen=True)
class SystemCheck:
    """Python and packages, and what the system's own packages bring along."""

    python: str
    python_is_new_enough: bool
    packages: Mapping[str, str]
    unmet: tuple[str, ...]
    """What the hub requires and does not find, as `name>=version`."""
    certificates: bool
    time_zones: bool


@dataclass(frozen=True)
class FolderCheck:
    """The data folder; `problem` says why nothing can be written there."""

    problem: str | None
    not_writable: tuple[str, ...]
    """What lies in it and is somebody else's."""
    free: int


@dataclass(frozen=True)
class SecretCheck:
    """The secret file, without its secret."""

    exists: bool
    is_private: bool = True
    is_long_enough: bool = True
    problem: str | None = None


@dataclass(frozen=True)
class PortCheck:
    """Whether a hub answers at the address, else why it cannot be listened on."""

    hub_answers: bool
    problem: str | None = None


def check_system() -> SystemCheck:
    return SystemCheck(
        python=platform.python_version(),
        python_is_new_enough=sys.version_info >= PYTHON_LEAST,
        packages={name: found for name in KEY_PACKAGES if (found := _version(name))},
        unmet=tuple(_unmet()),
        certificates=_has_certificates(),
        time_zones=_has_time_zones(),
    )


def check_folder(folder: Path) -> FolderCheck:
    problem = None
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        problem = error.strerror
    inside = sorted(folder.iterdir()) if os.access(folder, os.R_OK) else []
    others = (path.name for path in inside if not os.access(path, os.R_OK | os.W_OK))
    return FolderCheck(problem, tuple(others), shutil.disk_usage(folder).free)


def check_secret(path: Path) -> SecretCheck:
    try:
        mode = path.stat().st_mode
        length = len(path.read_bytes().strip())
    except FileNotFoundError:
        return SecretCheck(exists=False)
    except OSError as error:
        return SecretCheck(exists=True, problem=error.strerror)
    return SecretCheck(
        exists=True, is_private=not mode & _OTHERS_MAY, is_long_enough=length >= _SECRET_LEAST
    )


def check_port(host: str, port: int, public_host: str) -> PortCheck:
    """`public_host` is what a request names to be answered."""
    if _hub_answers(_EVERYWHERE.get(host, host), port, public_host):
        return PortCheck(hub_answers=True)
    try:
        for family, kind, protocol, _, address in socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        ):
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
    except OSError as error:
        return PortCheck(hub_answers=False, problem=error.strerror)
    return PortCheck(hub_answers=False)


def _hub_answers(host: str, port: int, public_host: str) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", "/health/live", headers={"Host": public_host})
        answer = connection.getresponse()
        named = answer.getheader("X-Request-Id") is not None
        return named and json.loads(answer.read()) == {"status": "ok"}
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _unmet() -> list[str]:
    try:
        wanted = [Requirement(line) for line in requires(_OWN) or ()]
    except PackageNotFoundError:
        # Run from its sources without being installed.
        return []
    here = [want for want in wanted if want.marker is None or want.marker.evaluate()]
    return [str(want) for want in here if not _is_met(want)]


def _is_met(want: Requirement) -> bool:
    found = _version(want.name)
    return found is not None and want.specifier.contains(found, prereleases=True)


def _has_certificates() -> bool:
    paths = ssl.get_default_verify_paths()
    return bool(paths.cafile or (paths.capath and any(Path(paths.capath).iterdir())))


def _has_time_zones() -> bool:
    try:
        ZoneInfo("Europe/Moscow")
    except ZoneInfoNotFoundError:
        return False
    return True

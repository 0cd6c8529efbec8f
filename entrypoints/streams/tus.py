"""tus 1.0.0: what requests and answers of resumable uploads say.

Source: https://tus.io/protocols/resumable-upload (core, creation, creation-with-upload,
expiration, checksum, termination).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any

from entrypoints.edge.errors import ChecksumMismatch, TusVersionNotSupported
from videohub_core.shared.errors import FieldError, InvalidInput, UnsupportedMediaType
from videohub_core.videos.entities import METADATA_MOST
from videohub_core.videos.ports import UploadView

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,expiration,checksum,termination"
ALGORITHMS = ("sha1", "sha256")
BYTES = "application/offset+octet-stream"
NAME_MOST = 255

_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
_PAIR = re.compile(r"([\x21-\x2b\x2d-\x7e]{1,100})(?: ([A-Za-z0-9+/]*={0,2}))?", re.ASCII)


def refusal(header: str, code: str, detail: str) -> InvalidInput:
    """Return the error of a header that is missing or wrong."""
    return InvalidInput([FieldError(f"/{header}", code, detail)])


def check_version(headers: Mapping[str, str]) -> None:
    """Raise unless the client speaks our version."""
    if headers.get("Tus-Resumable") != VERSION:
        raise TusVersionNotSupported


def number(headers: Mapping[str, str], name: str) -> int:
    """Return a header that is a number of bytes; raise InvalidInput."""
    value = headers.get(name)
    if value is None:
        raise refusal(name, "required", "This header is needed.")
    if not _NUMBER.fullmatch(value):
        raise refusal(name, "invalid_number", "This is not a number of bytes.")
    return int(value)


def length(headers: Mapping[str, str]) -> int:
    """Return the length of a new upload; raise InvalidInput."""
    if "Upload-Defer-Length" in headers:
        raise refusal("Upload-Defer-Length", "not_supported", "Say the length right away.")
    return number(headers, "Upload-Length")


def check_bytes(headers: Mapping[str, str]) -> None:
    """Raise unless the body is bytes of a file."""
    if headers.get("Content-Type", "").partition(";")[0].strip().lower() != BYTES:
        raise UnsupportedMediaType(f"Send {BYTES}.")


def metadata(headers: Mapping[str, str]) -> str | None:
    """Return `Upload-Metadata` as it was sent, checked; raise InvalidInput."""
    text = headers.get("Upload-Metadata", "").strip()
    if not text:
        return None
    if len(text) > METADATA_MOST:
        detail = f"There may be at most {METADATA_MOST} characters."
        raise refusal("Upload-Metadata", "too_long", detail)
    _pairs(text)
    return text


def _pairs(text: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for part in text.split(","):
        pair = _PAIR.fullmatch(part.strip())
        value = None if pair is None else _decoded(pair[2] or "")
        if pair is None or value is None or pair[1] in found:
            detail = "This is not a list of distinct keys, each with a value in Base64."
            raise refusal("Upload-Metadata", "malformed", detail)
        found[pair[1]] = value
    return found


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return None


def file_name(text: str | None) -> str | None:
    """Return what the metadata calls the file, for showing."""
    given = _pairs(text) if text else {}
    name = given.get("filename", given.get("name", b"")).decode("utf-8", "replace")
    return "".join(filter(str.isprintable, name))[:NAME_MOST] or None


@dataclass
class Checksum:
    """What the bytes of a request are to add up to."""

    expected: bytes
    hash: Any

    def check(self) -> None:
        """Raise ChecksumMismatch if they do not."""
        if not hmac.compare_digest(self.hash.digest(), self.expected):
            raise ChecksumMismatch


def checksum(headers: Mapping[str, str]) -> Checksum | None:
    """Return the checksum that is sent along, if one is; raise InvalidInput."""
    text = headers.get("Upload-Checksum")
    if text is None:
        return None
    name, _, value = text.strip().partition(" ")
    if name not in ALGORITHMS:
        detail = f"Use one of {', '.join(ALGORITHMS)}."
        raise refusal("Upload-Checksum", "unknown_algorithm", detail)
    made = hashlib.new(name, usedforsecurity=False)
    expected = _decoded(value)
    if expected is None or len(expected) != made.digest_size:
        raise refusal("Upload-Checksum", "malformed", "This is no checksum in Base64.")
    return Checksum(expected, made)


def abilities(size_most: int) -> dict[str, str]:
    """Return what OPTIONS is answered."""
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(size_most),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }


def progress(upload: UploadView) -> dict[str, str]:
    """Return how far an upload is, and how long it waits."""
    said = {"Upload-Offset": str(upload.offset)}
    if not upload.is_finished:
        said["Upload-Expires"] = format_datetime(upload.expires_at, usegmt=True)
    return said


def state(upload: UploadView) -> dict[str, str]:
    """Return what HEAD is answered."""
    about = {"Upload-Metadata": upload.metadata} if upload.metadata else {}
    return {**progress(upload), "Upload-Length": str(upload.length), **about}

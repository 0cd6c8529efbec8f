"""What an operation may answer, and the operations that the streams serve.

Pyramid's operations are documented where they are defined; Tornado knows nothing of the
kind, so its part of the public API is declared here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import colander

from entrypoints.edge import csrf, fields, shapes
from entrypoints.edge.actor import COOKIE_ONLY, FOR_STRANGERS
from entrypoints.edge.headers import REQUEST_ID
from entrypoints.edge.problems import STATUS
from videohub_core.shared.errors import InvalidInput
from videohub_core.shared.idempotency import KEY_MOST
from videohub_core.shared.ids import ID_PATTERN

JSON = "application/json"
PROBLEM = "application/problem+json"

ALWAYS = (400, 401, 403, 421, 429, 500, 503)
"""What any operation may answer: a query that it does not know, a credential that is
none, a ban or a missing CSRF token, a foreign host, too many requests, and what goes
wrong with the hub."""
OF_JSON = (406,)
OF_PATH = (404,)
OF_BODY = (413, 415)

HEADERS: dict[str, dict[str, Any]] = {
    REQUEST_ID: {"type": "string", "description": "Under this the hub's log has the request."},
    "Location": {"type": "string", "description": "Where the new thing is."},
    "Link": {"type": "string", "description": 'The page after this one, as `rel="next"`.'},
    "ETag": {"type": "string", "description": "The version of what is answered."},
    "WWW-Authenticate": {"type": "string", "description": "How to prove who you are."},
    "Retry-After": {"type": "integer", "description": "Seconds after which to try again."},
    "Content-Range": {"type": "string", "description": "Which bytes of how many these are."},
    "Accept-Ranges": {"type": "string", "description": "That ranges may be asked for."},
    "Tus-Resumable": {"type": "string", "description": "The version of tus, 1.0.0."},
    "Tus-Version": {"type": "string", "description": "The versions that the hub speaks."},
    "Tus-Extension": {"type": "string", "description": "What it can do besides the core."},
    "Tus-Max-Size": {"type": "integer", "description": "How many bytes a file may have."},
    "Upload-Offset": {"type": "integer", "description": "How many bytes have arrived."},
    "Upload-Length": {"type": "integer", "description": "How many bytes there are to be."},
    "Upload-Metadata": {"type": "string", "description": "As it was when it began."},
    "Upload-Expires": {"type": "string", "description": "When it is forgotten (RFC 9110)."},
    "Content-Disposition": {"type": "string", "description": "What to save it as."},
    "Clear-Site-Data": {"type": "string", "description": "What the browser is to forget."},
    "Idempotent-Replayed": {
        "type": "string",
        "description": "That this is the answer to an earlier request of the same key.",
    },
}
OPTIONAL_HEADERS = frozenset(
    {"Link", "Idempotent-Replayed", "Upload-Expires", "Upload-Metadata"}
)
_OF_STATUS = {401: ("WWW-Authenticate",), 503: ("Retry-After",), 429: ("Retry-After",)}

CREATED = ("Location", "Idempotent-Replayed")
"""The headers of an answer to an operation that creates and takes an Idempotency-Key."""

REQUEST_HEADERS = {
    "Range": "Which bytes, as `bytes=0-99`; what is no range asks for all.",
    "If-Range": "Answer the range only if this is still the ETag.",
    "If-None-Match": "Answer 304 if one of these is the ETag.",
    "If-Match": "Do it only if one of these is the ETag, else answer 412.",
    "Idempotency-Key": "Do it once: the same key and body get the same answer again.",
}
_RULES_OF_HEADERS = {
    "Idempotency-Key": {"minLength": 1, "maxLength": KEY_MOST, "pattern": fields.ONE_LINE}
}
_OF_REQUEST_HEADER = {"If-Match": (412,), "Idempotency-Key": (422,), "Range": (416,)}

FILE = object()
"""The body of an answer that is bytes."""


@dataclass(frozen=True)
class Answer:
    """One answer of an operation: a shape, bytes, or nothing."""

    description: str
    body: colander.SchemaNode | object | None = None
    headers: tuple[str, ...] = ()

    @property
    def all_headers(self) -> tuple[str, ...]:
        return (REQUEST_ID, *self.headers)


@cache
def problem(status: int) -> Answer:
    """Return how every operation answers an error of that status."""
    families = {code: family for family, code in STATUS.items()}
    title = families.get(status, InvalidInput).title
    return Answer(title, shapes.Problem(), _OF_STATUS.get(status, ()))


def answers(
    expected: dict[int, Answer],
    *,
    has_path: bool,
    has_body: bool,
    is_streamed: bool = False,
    request_headers: tuple[str, ...] = (),
) -> dict[int, Answer]:
    """Return every answer of an operation: its own and those that go with its kind."""
    usual = {*ALWAYS, *OF_JSON * (not is_streamed), *OF_PATH * has_path, *OF_BODY * has_body}
    for name in request_headers:
        usual.update(_OF_REQUEST_HEADER.get(name, ()))
    found = {status: problem(status) for status in usual} | expected
    if "If-None-Match" in request_headers:
        found[304] = Answer("It has not changed.", None, ("ETag",))
    return dict(sorted(found.items()))


def header_parameter(name: str) -> dict[str, Any]:
    """Return a request header as a parameter; every one may be left out."""
    return {
        "name": name,
        "in": "header",
        "type": "string",
        "required": False,
        "description": REQUEST_HEADERS[name],
        **_RULES_OF_HEADERS.get(name, {}),
    }


def security(
    permission: str, method: str, *, needs_csrf: bool = True
) -> list[dict[str, list[str]]]:
    """Return what an operation asks for, one way or another, as Swagger says it.

    A public read asks for nothing. What a browser's cookie does takes the CSRF token besides,
    what a bearer token does takes nothing more.
    """
    cookie: dict[str, list[str]] = {}
    is_public = permission in FOR_STRANGERS
    if not is_public:
        cookie["session"] = []
    if needs_csrf and method.upper() not in csrf.SAFE_METHODS:
        cookie["csrf"] = []
    if not cookie:
        return []
    return [cookie] if permission in COOKIE_ONLY else [cookie, {"bearer": []}]


@dataclass(frozen=True)
class StreamedOperation:
    """An operation that Tornado serves."""

    method: str
    path: str
    operation_id: str
    tags: list[str]
    description: str
    """A summary in the first line."""
    permission: str
    parameters: list[dict[str, Any]]
    expected: dict[int, Answer]
    produces: list[str]
    consumes: tuple[str, ...] = ()
    request_headers: tuple[str, ...] = ()
    is_in_both: bool = False
    """Whether Pyramid serves it too, for another media type."""

    def answers(self) -> dict[int, Answer]:
        return answers(
            self.expected,
            has_path="{" in self.path,
            has_body=bool(self.consumes),
            is_streamed=True,
            request_headers=self.request_headers,
        )


def _form(name: str, rule: fields.Rule, description: str, **more: Any) -> dict[str, Any]:
    about = {"name": name, "in": "formData", "type": "string", "required": False}
    return {**about, "description": description, **rule, **more}


CREATE_VIDEO = StreamedOperation(
    method="post",
    path="/api/v1/videos",
    operation_id="create_video",
    tags=["videos"],
    description="""Upload a video with its metadata in one request.

    The fields come before the file. The body is read as it arrives, and what can be
    refused is refused before the file is read. The answer's `processing` says how far
    the video is; it can be watched from the state `playable` on. The CSRF token may also
    be the field `csrf_token`, which then comes first.

    The bytes may also be there already: `application/json` with the same fields, and the
    `upload_id` of a finished resumable upload in the place of the file.""",
    permission="upload",
    is_in_both=True,
    consumes=("multipart/form-data",),
    request_headers=("Idempotency-Key",),
    produces=[JSON, PROBLEM],
    parameters=[
        _form("title", fields.TITLE, "What it is called.", required=True),
        _form("description", fields.DESCRIPTION, "What it is about."),
        _form("tags", fields.TAGS_IN_A_FORM, "Separated by commas; may be repeated."),
        _form("visibility", fields.VISIBILITY, "Who may watch it.", default="public"),
        _form(
            "comments_allowed",
            {"enum": ["true", "false"]},
            "Whether there may be comments.",
            default="true",
        ),
        _form("file", {}, "The video, after all other fields.", type="file", required=True),
    ],
    expected={
        201: Answer("The video, not processed yet.", shapes.Video(), CREATED),
        409: problem(409),
        411: problem(411),
        507: problem(507),
    },
)

_MEDIA_PATH = [
    {
        "name": "video_id",
        "in": "path",
        "type": "string",
        "required": True,
        "pattern": f"^{ID_PATTERN}$",
    },
    {
        "name": "name",
        "in": "path",
        "type": "string",
        "required": True,
        "pattern": r"^[A-Za-z0-9_-]+\.[a-z0-9]+$",
        "description": "As the video names it: `video_file`, `poster`, `playback`; as its "
        "playlists do; `master-720p.m3u8` for one rendition by its name; or `original.bin`.",
    },
]
_LINK = [
    {"name": name, "in": "query", "type": "string", "required": False, "description": about}
    for name, about in (
        ("by", "Of a playback link: all three, or none."),
        ("expires", "Of a playback link."),
        ("signature", "Of a playback link."),
    )
]
_MEDIA_TYPES = [
    *("video/mp4", "audio/mp4", "application/vnd.apple.mpegurl", "text/vtt"),
    *("image/jpeg", "image/webp", "application/octet-stream"),
    *("multipart/byteranges", PROBLEM),
]
_WHOLE = ("ETag", "Accept-Ranges")


_ELSEWHERE = Answer(
    "A link, good for seconds, to where the bytes are; ranges are asked for there.",
    None,
    ("Location",),
)


def _media(method: str, operation_id: str, description: str, body: Any) -> StreamedOperation:
    return StreamedOperation(
        method=method,
        path="/media/{video_id}/{name}",
        operation_id=operation_id,
        tags=["media"],
        description=description,
        permission="anyone",
        parameters=[*_MEDIA_PATH, *_LINK],
        request_headers=("Range", "If-Range", "If-None-Match"),
        produces=_MEDIA_TYPES,
        expected={
            200: Answer("The whole file.", body, _WHOLE),
            206: Answer("The bytes that were asked for.", body, _WHOLE),
            **({302: _ELSEWHERE} if method == "get" else {}),
        },
    )


EXPORT = StreamedOperation(
    method="get",
    path="/api/v1/me/export",
    operation_id="export_me",
    tags=["users"],
    description="""All that the hub keeps of the caller, as one document.

    Secrets are not in it, nor files: `video_file`, `poster` and `original` of each video say
    where those are, and each can be fetched in parts (`Range`).""",
    permission="account",
    parameters=[],
    produces=[JSON, PROBLEM],
    expected={200: Answer("The data.", shapes.Export(), ("Content-Disposition",))},
)


def _header(name: str, description: str, **rule: Any) -> dict[str, Any]:
    about = {"name": name, "in": "header", "type": "string", "required": True}
    return {**about, "description": description, **rule}


_VERSION = _header("Tus-Resumable", "The version of tus.", enum=["1.0.0"])
_LENGTH = _header("Upload-Length", "How many bytes the file has.", pattern="^[1-9][0-9]{0,17}$")
_OFFSET = _header("Upload-Offset", "From where on they are.", pattern="^[0-9]{1,18}$")
_PAIR = r"[!-+\--~]{1,100}( [A-Za-z0-9+/]*={0,2})?"
_METADATA = _header(
    "Upload-Metadata",
    "Keys with values in Base64, as `filename ZmlsbS5tcDQ=`, separated by commas.",
    required=False,
    pattern=f"^({_PAIR}(,{_PAIR})*)?$",
)
_CHECKSUM = _header(
    "Upload-Checksum",
    "What the bytes add up to: `sha1` or `sha256`, and the digest in Base64.",
    required=False,
    pattern="^(sha1 [A-Za-z0-9+/]{27}=|sha256 [A-Za-z0-9+/]{43}=)$",
)
_BYTES = {"name": "bytes", "in": "body", "schema": {"type": "string", "format": "binary"}}
_UPLOAD_ID = {
    "name": "upload_id",
    "in": "path",
    "type": "string",
    "required": True,
    "pattern": f"^{ID_PATTERN}$",
}
_PROGRESS = ("Tus-Resumable", "Upload-Offset", "Upload-Expires")
OCTETS = "application/offset+octet-stream"


def _tus(method: str, operation_id: str, description: str, **about: Any) -> StreamedOperation:
    one = about.pop("one", True)
    return StreamedOperation(
        method=method,
        path="/api/v1/uploads/{upload_id}" if one else "/api/v1/uploads",
        operation_id=operation_id,
        tags=["uploads"],
        description=description,
        permission="upload",
        parameters=[*([_UPLOAD_ID] if one else []), *about.pop("parameters", [])],
        produces=[JSON, PROBLEM],
        **about,
    )


TUS = (
    _tus(
        "get",
        "list_uploads",
        "The caller's resumable uploads that are no video yet, newest first.",
        one=False,
        expected={200: Answer("All of them.", shapes.UploadList(), ("Tus-Resumable",))},
    ),
    _tus(
        "post",
        "create_upload",
        """Begin a resumable upload (tus 1.0.0, https://tus.io/protocols/resumable-upload).

        `POST /api/v1/videos` with its id as `upload_id` makes the video, once all bytes are
        there. The first of them may come along as the body. `OPTIONS` tells what the hub can
        do.""",
        one=False,
        parameters=[_VERSION, _LENGTH, _METADATA, _CHECKSUM, _BYTES],
        consumes=(OCTETS,),
        expected={
            201: Answer(
                "The upload is at `Location`.", shapes.Upload(), ("Location", *_PROGRESS)
            ),
            412: problem(412),
            413: problem(413),
            460: problem(460),
            507: problem(507),
        },
    ),
    _tus(
        "head",
        "get_upload_offset",
        "How many bytes have arrived: what is on disk.",
        parameters=[_VERSION],
        expected={
            200: Answer(
                "See the headers.", None, (*_PROGRESS, "Upload-Length", "Upload-Metadata")
            ),
            412: problem(412),
        },
    ),
    _tus(
        "patch",
        "append_to_upload",
        """Send bytes from the present offset on.

        What arrives is kept, however the request ends, save for bytes with a checksum, which
        are kept when they prove right. `POST` with `X-HTTP-Method-Override` does as well.""",
        parameters=[_VERSION, _OFFSET, _CHECKSUM, {**_BYTES, "required": True}],
        consumes=(OCTETS,),
        expected={
            204: Answer("They are there.", None, _PROGRESS),
            409: problem(409),
            412: problem(412),
            413: problem(413),
            460: problem(460),
            507: problem(507),
        },
    ),
    _tus(
        "delete",
        "delete_upload",
        "Forget the upload and its bytes.",
        parameters=[_VERSION],
        expected={
            204: Answer("It is gone.", None, ("Tus-Resumable",)),
            412: problem(412),
        },
    ),
)

STREAMED = (
    CREATE_VIDEO,
    *TUS,
    EXPORT,
    _media(
        "get",
        "get_media",
        """The bytes of a file that belongs to a video.

        Whoever may watch the video may read its files; `original.bin`, the file that was
        sent, is for its owner. Ranges are answered, one or several, and `If-Range` keeps a
        download of one version.""",
        FILE,
    ),
    _media("head", "head_media", "What `GET` would answer, without the bytes.", None),
)
"""The public operations of `entrypoints/streams`."""

"""What the edge itself refuses, in the same families as the core's errors."""

from __future__ import annotations

from videohub_core.shared.errors import (
    DomainError,
    InvalidInput,
    NotAllowed,
    NotFound,
    PreconditionFailed,
    TooLarge,
)


class NoSuchAddress(NotFound):
    """No route has this path."""

    code = "no_such_address"


class MethodNotAllowed(DomainError):
    """The address exists and does not know the method; `Allow` names those it knows."""

    code = "method_not_allowed"
    title = "This address does not know this method."


class NotAcceptable(DomainError):
    """No representation of the answer is one the client accepts."""

    code = "not_acceptable"
    title = "The hub has no representation that this Accept header allows."


class FormatNotOffered(DomainError):
    """The answer comes in other forms than the one that the query names."""

    code = "format_not_offered"
    title = "The hub does not have this format."


class TusVersionNotSupported(PreconditionFailed):
    """The client speaks another version of tus than 1.0.0, or does not say which."""

    code = "tus_version_not_supported"
    title = "Resumable uploads need the header Tus-Resumable: 1.0.0."


class ChecksumMismatch(DomainError):
    """The bytes are not those that the checksum was made of; none of them is kept."""

    code = "checksum_mismatch"
    title = "The bytes do not match their checksum. Send them again."


class TooManyBytes(TooLarge):
    """More comes than the upload was announced to have."""

    code = "too_many_bytes"
    title = "These are more bytes than the upload was announced to have."


class CsrfFailed(NotAllowed):
    """The request changes something by cookie and does not prove where it comes from.

    Send the `csrf_token` of `GET /api/v1/csrf` as the header `X-CSRF-Token`.
    """

    code = "csrf_failed"
    title = "The CSRF token is missing or wrong."


class HostNotAllowed(DomainError):
    """The Host header names a host that this hub does not serve."""

    code = "host_not_allowed"
    title = "This hub is not served under this host name."


class MalformedBody(DomainError):
    """The body is not what its media type says."""

    code = "malformed_body"
    title = "The body cannot be read as what its media type says."


class MalformedInput(DomainError):
    """The query or the form is not UTF-8."""

    code = "malformed_input"
    title = "The query or the form is not UTF-8."


class BodyTooLarge(TooLarge):
    """The body is larger than this address reads."""

    code = "body_too_large"
    title = "The body is larger than this address accepts."


class UnknownField(InvalidInput):
    """A field or query parameter that the operation does not know."""

    code = "unknown_field"
    title = "There is a field that this operation does not know."


class LengthRequired(DomainError):
    """The body does not say how long it is, so it cannot be told whether it fits."""

    code = "length_required"
    title = "Send the length of the body as Content-Length."


class PlaybackLinkInvalid(NotAllowed):
    """A link to a video's bytes that has expired, or that the hub did not make."""

    code = "playback_link_invalid"
    title = "This link is not good any more. Ask for another one."


class RangeNotSatisfiable(DomainError):
    """None of the ranges asked for lies within the file."""

    code = "range_not_satisfiable"
    title = "The file has no bytes in the range asked for."


class InternalError(DomainError):
    """Something unexpected; the log has it under the request id."""

    code = "internal_error"
    title = "Something went wrong on our side. It has been logged."

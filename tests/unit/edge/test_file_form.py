"""Forms with files, as the pages take them."""

from __future__ import annotations

import pytest
from pyramid.request import Request

from entrypoints.http.request import file_form

BOUNDARY = "b0undary"
_READ_AT_ONCE = 64 << 10


def form_of_size(size: int) -> bytes:
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.vtt"\r\n\r\n'
    )
    end = f"\r\n--{BOUNDARY}--\r\n"
    return (head + "x" * (size - len(head) - len(end)) + end).encode()


@pytest.mark.parametrize("beyond", range(-1, 4))
def test_a_form_may_end_anywhere_in_a_read(beyond: int) -> None:
    body = form_of_size(_READ_AT_ONCE + beyond)
    content_type = f"multipart/form-data; boundary={BOUNDARY}"
    request = Request.blank("/", method="POST", body=body, content_type=content_type)
    assert set(file_form(request)["file"]) == {ord("x")}

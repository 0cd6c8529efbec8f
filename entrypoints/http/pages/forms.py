"""Plain forms: what was typed, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pyramid.request import Request

from entrypoints.edge.limits import limit
from entrypoints.http.pages.messages import SIGN_IN_ANEW, field_text, problem_text
from entrypoints.http.request import form_of
from videohub_core.accounts.errors import PasswordNeeded
from videohub_core.shared.errors import InvalidInput


@dataclass
class Form:
    """What a form page shows: values, an error for a field, an error for the whole."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    problem: str | None = None

    def refuse(self, request: Request, error: InvalidInput) -> None:
        """Put each error beside its field, the first one where a field has several."""
        for wrong in error.errors:
            name = wrong.pointer.split("/")[1] if "/" in wrong.pointer else ""
            self.errors.setdefault(name, field_text(request.translations, wrong))

    def refuse_owner(self, request: Request, name: str) -> None:
        """Say that the password is wrong; where there is none, that the sign-in is too old."""
        if request.container.has_password()(actor=request.actor):
            self.errors[name] = problem_text(request.translations, PasswordNeeded.code)
        else:
            self.problem = request.translations.gettext(SIGN_IN_ANEW)


def typed(request: Request, *names: str) -> dict[str, str]:
    """Return the named fields of the submitted form; what is no text counts as empty."""
    fields = form_of(request)
    values = {name: fields.get(name, "") for name in names}
    return {
        # Browsers send line breaks of a text area as CR LF.
        name: value.replace("\r\n", "\n") if isinstance(value, str) else ""
        for name, value in values.items()
    }


def file_of(request: Request, name: str) -> bytes:
    """Return the file of the submitted form, empty if there is none."""
    data = form_of(request).get(name, b"")
    return data if isinstance(data, bytes) else b""


def chosen(request: Request, name: str) -> list[str]:
    """Return what is ticked of a group of boxes in the submitted form."""
    return [value for value in form_of(request).getall(name) if isinstance(value, str)]


def limit_form(request: Request) -> None:
    """Count a form that is sent; raise TooManyRequests."""
    limit(
        request.container,
        kind="write",
        caller=request.caller,
        address=request.client_addr,
    )


def keep_address_private(request: Request) -> None:
    """Let browsers tell no other site the address of this page: it holds a secret.

    Not `no-referrer`, with which they send its form with the Origin `null`, as from nowhere.
    """
    policy = {"Referrer-Policy": "same-origin"}
    request.add_response_callback(lambda _request, response: response.headers.update(policy))


def split_tags(text: str) -> list[str]:
    """Return the tags of a comma-separated field."""
    return [tag for tag in (part.strip() for part in text.split(",")) if tag]

"""What a mailed link refuses."""

from __future__ import annotations

from videohub_core.shared.errors import DomainError


class LinkNotValid(DomainError):
    """The link is unknown, used or expired, or what it was mailed for is over."""

    code = "link_not_valid"
    title = "This link is not valid any more. Ask for a new mail."

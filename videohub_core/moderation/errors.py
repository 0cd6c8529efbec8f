"""What moderation refuses."""

from __future__ import annotations

from videohub_core.shared.errors import NotFound


class NoSuchReport(NotFound):
    """There is no report with this id."""

    code = "no_such_report"
    title = "There is no such report."

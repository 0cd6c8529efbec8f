"""What can go wrong with a job."""

from __future__ import annotations

from videohub_core.shared.errors import Conflict


class LeaseLost(Conflict):
    """Another worker has the job, or it is done: this result must not be stored."""

    code = "lease_lost"
    title = "The job is no longer this worker's."

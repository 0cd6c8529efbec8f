"""Every entity's table, in one call."""

from __future__ import annotations

from functools import cache

from adapters.persistence.accounts import map_accounts
from adapters.persistence.block_rows import blocks as _blocks  # noqa: F401 - a table
from adapters.persistence.channels import map_channels
from adapters.persistence.chat_rows import map_chat
from adapters.persistence.comments import map_comments
from adapters.persistence.idempotency import idempotency_keys as _keys  # noqa: F401 - a table
from adapters.persistence.identity import login_attempts as _logins  # noqa: F401 - tables
from adapters.persistence.invitations import map_invitations
from adapters.persistence.jobs import map_jobs
from adapters.persistence.likes import likes as _likes  # noqa: F401 - a table
from adapters.persistence.mails import map_mails
from adapters.persistence.metadata import mapper_registry
from adapters.persistence.moderation import map_moderation
from adapters.persistence.reports import map_reports
from adapters.persistence.search import search_documents as _search  # noqa: F401 - tables
from adapters.persistence.subscription_rows import subscriptions as _follows  # noqa: F401
from adapters.persistence.tokens import map_tokens
from adapters.persistence.video_rows import map_videos
from adapters.persistence.views import video_views as _views  # noqa: F401 - a table

metadata = mapper_registry.metadata


@cache
def map_entities() -> None:
    """Map the entities to their tables; the first call does it."""
    map_accounts()
    map_channels()
    map_invitations()
    map_jobs()
    map_mails()
    map_videos()
    map_comments()
    map_chat()
    map_tokens()
    map_moderation()
    map_reports()

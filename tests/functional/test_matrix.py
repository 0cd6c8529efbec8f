"""Who may do what: one row an operation, one column a kind of caller."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pyramid.router import Router

from entrypoints.container import Container
from tests.factories.entities import NOW
from tests.functional.browser import PASSWORD, Browser
from tests.functional.mailbox import configure
from videohub_core.invitations.entities import Registration
from videohub_core.moderation.entities import ReportKind, ReportReason
from videohub_core.shared.actor import OPERATOR, Actor, Role
from videohub_core.shared.ids import RoomId, UserId, VideoId
from videohub_core.shared.paging import PageRequest
from videohub_core.tokens.entities import AccessTokenDetails

# A nobody, O another member, W the owner, B banned, D moderator, S admin, X a bad bearer.
WHO = "AOWBDSX"

PUBLIC, UNLISTED, PRIVATE = "{public}", "{unlisted}", "{private}"
PROCESSING, FAILED, MISSING = "{processing}", "{failed}", "nothing000000000"
HID = "{hid}"
EDIT = {"title": "Changed"}
AT = {"at": 0}
SAY = {"text": "Нет"}
PLAYED = {"seconds": 12}
VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\nA\n"
NEW = {"email": "new@example.test", "password": PASSWORD, "display_name": "New"}
RIGHT = {"email": "other@example.test", "password": PASSWORD}
WRONG = {"email": "other@example.test", "password": "not this one"}
KEY = {"name": "script", "scopes": ["read"]}
BAN = {"reason": "spam"}
REFRESH, UNKNOWN = {"refresh_token": "{refresh}"}, {"refresh_token": "x"}
ASKED = {"email": "other@example.test"}
FRESH = {"password": PASSWORD}
PROTECTED = [
    {name: value}
    for name, value in (
        ("is_banned", False),
        ("role", "admin"),
        ("email_verified", True),
        ("sub", "other"),
        ("quota", 1),
    )
]
PASSWORDS = {"current_password": PASSWORD, "new_password": "another long one"}
REPORT = {"kind": "video", "id": PUBLIC, "reason": "spam"}
DECISION = {"state": "dismissed"}
QUEUE, HIDDEN = "/api/v1/moderation/reports", "/api/v1/moderation/videos"
INVITATIONS = "/api/v1/invitations"
ROOMS, GROUP, PAIR = "/api/v1/chat/rooms", "{group}", "{pair}"

MATRIX: list[tuple[str, str, Any, str]] = [
    # method, path, body, and the statuses of A O W B D S X
    ("POST", "/api/v1/users", NEW, "201 403 403 403 403 201 401"),
    ("POST", "/api/v1/session", RIGHT, "201 201 201 403 201 201 201"),
    ("POST", "/api/v1/session", WRONG, "401 401 401 403 401 401 401"),
    ("DELETE", "/api/v1/session", None, "204 204 204 204 204 204 204"),
    ("GET", "/api/v1/session", None, "200 200 200 403 200 200 401"),
    ("GET", "/api/v1/csrf", None, "200 200 200 403 200 200 401"),
    ("GET", "/api/v1/me", None, "401 200 200 403 200 200 401"),
    ("PATCH", "/api/v1/me", {"locale": "ru"}, "401 200 200 403 200 200 401"),
    *[
        ("PATCH", "/api/v1/me", protected, "401 400 400 403 400 400 401")
        for protected in PROTECTED
    ],
    ("PUT", "/api/v1/me/password", PASSWORDS, "401 204 204 403 204 204 401"),
    ("POST", "/api/v1/password-resets", ASKED, "202 202 202 202 202 202 202"),
    ("POST", "/api/v1/password-resets/bad", FRESH, "400 400 400 400 400 400 400"),
    ("POST", "/api/v1/email-verifications", ASKED, "202 202 202 202 202 202 202"),
    ("POST", "/api/v1/email-verifications/bad", None, "400 400 400 400 400 400 400"),
    ("POST", INVITATIONS, {}, "401 403 403 403 201 201 401"),
    ("GET", INVITATIONS, None, "401 403 403 403 200 200 401"),
    ("GET", f"{INVITATIONS}/{{invitation}}", None, "401 403 403 403 404 200 401"),
    ("GET", f"{INVITATIONS}/{MISSING}", None, "401 403 403 403 404 404 401"),
    ("DELETE", f"{INVITATIONS}/{{invitation}}", None, "401 403 403 403 404 204 401"),
    ("DELETE", f"{INVITATIONS}/{MISSING}", None, "401 403 403 403 404 404 401"),
    ("GET", "/api/v1/me/videos", None, "401 200 200 403 200 200 401"),
    ("GET", "/api/v1/users/{owner}", None, "200 200 200 403 200 200 401"),
    ("GET", f"/api/v1/users/{MISSING}", None, "404 404 404 403 404 404 401"),
    ("GET", "/api/v1/channels/{channel}", None, "200 200 200 403 200 200 401"),
    ("GET", "/api/v1/channels/{channel}/videos", None, "200 200 200 403 200 200 401"),
    ("PATCH", "/api/v1/channels/{channel}", EDIT, "401 403 200 403 403 200 401"),
    ("PATCH", f"/api/v1/channels/{MISSING}", EDIT, "401 404 404 403 404 404 401"),
    ("PUT", "/api/v1/channels/{channel}/subscription", None, "401 204 403 403 204 204 401"),
    ("PUT", f"/api/v1/channels/{MISSING}/subscription", {}, "401 404 404 403 404 404 401"),
    ("DELETE", "/api/v1/channels/{channel}/subscription", None, "401 204 204 403 204 204 401"),
    ("DELETE", f"/api/v1/channels/{MISSING}/subscription", None, "401 404 404 403 404 404 401"),
    ("GET", "/api/v1/me/subscriptions", None, "401 200 200 403 200 200 401"),
    ("GET", "/api/v1/me/feed", None, "401 200 200 403 200 200 401"),
    ("GET", "/api/v1/me/blocks", None, "401 200 200 403 200 200 401"),
    ("PUT", "/api/v1/me/blocks/{third}", None, "401 204 204 403 204 204 401"),
    ("PUT", "/api/v1/me/blocks/{me}", None, "401 409 409 403 409 409 401"),
    ("PUT", f"/api/v1/me/blocks/{MISSING}", None, "401 404 404 403 404 404 401"),
    ("DELETE", "/api/v1/me/blocks/{third}", None, "401 204 204 403 204 204 401"),
    ("DELETE", f"/api/v1/me/blocks/{MISSING}", None, "401 404 404 403 404 404 401"),
    ("GET", "/api/v1/me/likes", None, "401 200 200 403 200 200 401"),
    ("PUT", f"/api/v1/videos/{PUBLIC}/like", None, "401 204 204 403 204 204 401"),
    ("PUT", f"/api/v1/videos/{UNLISTED}/like", None, "401 204 204 403 204 204 401"),
    ("PUT", f"/api/v1/videos/{PRIVATE}/like", None, "401 404 204 403 404 204 401"),
    ("PUT", f"/api/v1/videos/{MISSING}/like", None, "401 404 404 403 404 404 401"),
    ("DELETE", f"/api/v1/videos/{PUBLIC}/like", None, "401 204 204 403 204 204 401"),
    ("DELETE", f"/api/v1/videos/{PRIVATE}/like", None, "401 404 204 403 404 204 401"),
    ("GET", "/api/v1/videos", None, "200 200 200 403 200 200 401"),
    ("GET", "/api/v1/search/videos?q=a", None, "200 200 200 403 200 200 401"),
    ("GET", "/api/v1/search/suggestions?q=a", None, "200 200 200 403 200 200 401"),
    ("GET", f"/api/v1/videos/{PUBLIC}", None, "200 200 200 403 200 200 401"),
    ("GET", f"/api/v1/videos/{UNLISTED}", None, "200 200 200 403 200 200 401"),
    ("GET", f"/api/v1/videos/{PRIVATE}", None, "404 404 200 403 404 200 401"),
    ("GET", f"/api/v1/videos/{PROCESSING}", None, "404 404 200 403 404 200 401"),
    ("GET", f"/api/v1/videos/{FAILED}", None, "404 404 200 403 404 200 401"),
    ("GET", f"/api/v1/videos/{MISSING}", None, "404 404 404 403 404 404 401"),
    ("PATCH", f"/api/v1/videos/{PUBLIC}", EDIT, "401 403 200 403 403 200 401"),
    ("PATCH", f"/api/v1/videos/{UNLISTED}", EDIT, "401 403 200 403 403 200 401"),
    ("PATCH", f"/api/v1/videos/{PRIVATE}", EDIT, "401 404 200 403 404 200 401"),
    ("PATCH", f"/api/v1/videos/{FAILED}", EDIT, "401 404 200 403 404 200 401"),
    ("PATCH", f"/api/v1/videos/{MISSING}", EDIT, "401 404 404 403 404 404 401"),
    ("POST", f"/api/v1/videos/{PUBLIC}/playback-links", {}, "401 201 201 403 201 201 401"),
    ("POST", f"/api/v1/videos/{PRIVATE}/playback-links", {}, "401 404 201 403 404 201 401"),
    ("POST", f"/api/v1/videos/{MISSING}/playback-links", {}, "401 404 404 403 404 404 401"),
    ("POST", f"/api/v1/videos/{PUBLIC}/processing", None, "401 403 409 403 403 409 401"),
    ("POST", f"/api/v1/videos/{PRIVATE}/processing", None, "401 404 409 403 404 409 401"),
    ("POST", f"/api/v1/videos/{PROCESSING}/processing", None, "401 404 202 403 404 202 401"),
    ("POST", f"/api/v1/videos/{FAILED}/processing", None, "401 404 202 403 404 202 401"),
    ("POST", f"/api/v1/videos/{MISSING}/processing", None, "401 404 404 403 404 404 401"),
    ("GET", f"/api/v1/videos/{PUBLIC}/related", None, "200 200 200 403 200 200 401"),
    ("GET", f"/api/v1/videos/{PRIVATE}/related", None, "404 404 200 403 404 200 401"),
    ("GET", f"/api/v1/videos/{MISSING}/related", None, "404 404 404 403 404 404 401"),
    ("POST", f"/api/v1/videos/{PUBLIC}/views", PLAYED, "204 204 204 403 204 204 401"),
    ("POST", f"/api/v1/videos/{PRIVATE}/views", PLAYED, "404 404 204 403 404 204 401"),
    ("POST", f"/api/v1/videos/{MISSING}/views", PLAYED, "404 404 404 403 404 404 401"),
    ("DELETE", f"/api/v1/videos/{PUBLIC}", None, "401 403 204 403 403 204 401"),
    ("DELETE", f"/api/v1/videos/{PRIVATE}", None, "401 404 204 403 404 204 401"),
    ("DELETE", f"/api/v1/videos/{MISSING}", None, "401 404 404 403 404 404 401"),
    ("GET", f"/api/v1/videos/{PUBLIC}/captions", None, "200 200 200 403 200 200 401"),
    ("GET", f"/api/v1/videos/{PRIVATE}/captions", None, "404 404 200 403 404 200 401"),
    ("GET", f"/api/v1/videos/{PUBLIC}/captions/en", None, "200 200 200 403 200 200 401"),
    ("GET", f"/api/v1/videos/{PRIVATE}/captions/en", None, "404 404 200 403 404 200 401"),
    ("PUT", f"/api/v1/videos/{PUBLIC}/captions/ru", VTT, "401 403 201 403 403 201 401"),
    ("PUT", f"/api/v1/videos/{PUBLIC}/captions/en", VTT, "401 403 200 403 403 200 401"),
    ("PUT", f"/api/v1/videos/{PRIVATE}/captions/ru", VTT, "401 404 201 403 404 201 401"),
    ("PUT", f"/api/v1/videos/{MISSING}/captions/ru", VTT, "401 404 404 403 404 404 401"),
    ("DELETE", f"/api/v1/videos/{PUBLIC}/captions/en", None, "401 403 204 403 403 204 401"),
    ("DELETE", f"/api/v1/videos/{PUBLIC}/captions/ru", None, "401 403 404 403 403 404 401"),
    ("DELETE", f"/api/v1/videos/{PRIVATE}/captions/en", None, "401 404 204 403 404 204 401"),
    # There is nothing to choose a frame from: whoever may is told so.
    ("PUT", f"/api/v1/videos/{PUBLIC}/poster", AT, "401 403 404 403 403 404 401"),
    ("PUT", f"/api/v1/videos/{PRIVATE}/poster", AT, "401 404 404 403 404 404 401"),
    ("PUT", f"/api/v1/videos/{MISSING}/poster", AT, "401 404 404 403 404 404 401"),
    ("GET", f"/api/v1/videos/{PUBLIC}/comments", None, "200 200 200 403 200 200 401"),
    ("GET", f"/api/v1/videos/{PRIVATE}/comments", None, "404 404 200 403 404 200 401"),
    ("GET", f"/api/v1/videos/{MISSING}/comments", None, "404 404 404 403 404 404 401"),
    ("POST", f"/api/v1/videos/{PUBLIC}/comments", SAY, "401 201 201 403 201 201 401"),
    ("POST", f"/api/v1/videos/{UNLISTED}/comments", SAY, "401 201 201 403 201 201 401"),
    ("POST", f"/api/v1/videos/{PRIVATE}/comments", SAY, "401 404 201 403 404 201 401"),
    ("POST", f"/api/v1/videos/{MISSING}/comments", SAY, "401 404 404 403 404 404 401"),
    ("POST", "/api/v1/videos/{mute}/comments", SAY, "401 403 403 403 403 403 401"),
    ("GET", "/api/v1/videos/{mute}/comments", None, "200 200 200 403 200 200 401"),
    # A comment of W on their own video, of a third on it, and of W on a private one.
    ("GET", "/api/v1/comments/{said}", None, "200 200 200 403 200 200 401"),
    ("GET", "/api/v1/comments/{hidden}", None, "404 404 200 403 404 200 401"),
    ("GET", f"/api/v1/comments/{MISSING}", None, "404 404 404 403 404 404 401"),
    ("PATCH", "/api/v1/comments/{said}", SAY, "401 403 200 403 403 403 401"),
    ("PATCH", "/api/v1/comments/{thirds}", SAY, "401 403 403 403 403 403 401"),
    ("PATCH", "/api/v1/comments/{hidden}", SAY, "401 404 200 403 404 403 401"),
    ("PATCH", f"/api/v1/comments/{MISSING}", SAY, "401 404 404 403 404 404 401"),
    ("DELETE", "/api/v1/comments/{said}", None, "401 403 204 403 204 204 401"),
    ("DELETE", "/api/v1/comments/{thirds}", None, "401 403 204 403 204 204 401"),
    ("DELETE", "/api/v1/comments/{hidden}", None, "401 404 204 403 404 204 401"),
    ("DELETE", f"/api/v1/comments/{MISSING}", None, "401 404 404 403 404 404 401"),
    ("GET", "/api/v1/comments/{said}/history", None, "401 403 200 403 200 200 401"),
    ("GET", "/api/v1/comments/{thirds}/history", None, "401 403 403 403 200 200 401"),
    ("GET", "/api/v1/comments/{hidden}/history", None, "401 404 200 403 404 200 401"),
    # Tokens: signing in looks at no bearer.
    ("POST", "/api/v1/tokens", RIGHT, "201 201 201 403 201 201 201"),
    ("POST", "/api/v1/tokens", WRONG, "401 401 401 403 401 401 401"),
    ("POST", "/api/v1/tokens", {}, "401 201 201 403 201 201 401"),
    ("POST", "/api/v1/tokens/refresh", REFRESH, "200 200 200 403 200 200 200"),
    ("POST", "/api/v1/tokens/refresh", UNKNOWN, "401 401 401 403 401 401 401"),
    ("POST", "/api/v1/tokens/revoke", UNKNOWN, "204 204 204 204 204 204 204"),
    ("GET", "/.well-known/jwks.json", None, "200 200 200 403 200 200 401"),
    # The account itself.
    ("GET", "/api/v1/me/sessions", None, "401 200 200 403 200 200 401"),
    ("DELETE", f"/api/v1/me/sessions/{MISSING}", None, "401 404 404 403 404 404 401"),
    ("GET", "/api/v1/me/access-tokens", None, "401 200 200 403 200 200 401"),
    ("POST", "/api/v1/me/access-tokens", KEY, "401 201 201 403 201 201 401"),
    ("DELETE", f"/api/v1/me/access-tokens/{MISSING}", None, "401 404 404 403 404 404 401"),
    ("DELETE", "/api/v1/me/access-tokens/{key}", None, "401 404 204 403 404 404 401"),
    # The admin is the last one.
    ("DELETE", "/api/v1/me", {"password": PASSWORD}, "401 204 204 403 204 409 401"),
    ("DELETE", "/api/v1/me", {"password": "not this one"}, "401 403 403 403 403 403 401"),
    # Other accounts, by those who look after them.
    ("GET", "/api/v1/users", None, "401 403 403 403 200 200 401"),
    ("PATCH", "/api/v1/users/{third}", {"role": "moderator"}, "401 403 403 403 403 204 401"),
    ("PATCH", f"/api/v1/users/{MISSING}", {"role": "admin"}, "401 403 403 403 403 404 401"),
    ("DELETE", "/api/v1/users/{third}", None, "401 403 403 403 403 204 401"),
    ("DELETE", f"/api/v1/users/{MISSING}", None, "401 403 403 403 403 404 401"),
    ("PUT", "/api/v1/users/{third}/ban", BAN, "401 403 403 403 204 204 401"),
    ("PUT", "/api/v1/users/{keeper}/ban", BAN, "401 403 403 403 403 204 401"),
    ("PUT", "/api/v1/users/{me}/ban", BAN, "401 403 403 403 403 409 401"),
    ("PUT", f"/api/v1/users/{MISSING}/ban", BAN, "401 403 403 403 404 404 401"),
    ("DELETE", "/api/v1/users/{third}/ban", None, "401 403 403 403 204 204 401"),
    ("DELETE", "/api/v1/users/{keeper}/ban", None, "401 403 403 403 403 204 401"),
    ("DELETE", f"/api/v1/users/{MISSING}/ban", None, "401 403 403 403 404 404 401"),
    ("GET", "/api/v1/moderation/audit", None, "401 403 403 403 200 200 401"),
    ("POST", "/api/v1/reports", REPORT, "401 202 202 403 202 202 401"),
    ("POST", "/api/v1/reports", {**REPORT, "id": PRIVATE}, "401 404 202 403 404 202 401"),
    ("POST", "/api/v1/reports", {**REPORT, "id": MISSING}, "401 404 404 403 404 404 401"),
    ("GET", QUEUE, None, "401 403 403 403 200 200 401"),
    ("PATCH", f"{QUEUE}/{{report}}", DECISION, "401 403 403 403 200 200 401"),
    ("PATCH", f"{QUEUE}/{MISSING}", DECISION, "401 403 403 403 404 404 401"),
    ("PUT", f"{HIDDEN}/{PUBLIC}/hidden", BAN, "401 403 403 403 204 204 401"),
    ("PUT", f"{HIDDEN}/{PRIVATE}/hidden", BAN, "401 403 403 403 404 204 401"),
    ("DELETE", f"{HIDDEN}/{PUBLIC}/hidden", None, "401 403 403 403 204 204 401"),
    ("DELETE", f"{HIDDEN}/{MISSING}/hidden", None, "401 403 403 403 404 404 401"),
    ("GET", f"/api/v1/videos/{HID}", None, "404 404 200 403 200 200 401"),
    ("PATCH", f"/api/v1/videos/{HID}", EDIT, "401 404 200 403 403 200 401"),
    # What other sites are told, which is the same for all; a frame looks at no credential.
    *[
        ("GET", path, None, "200 200 200 403 200 200 401")
        for path in ("/feeds/videos.rss", "/channels/{channel}/feed.rss", "/sitemap.xml")
    ],
    *[
        ("GET", f"/oembed?url=http://localhost:6543/watch/{id_}", None, statuses)
        for id_, statuses in (
            (UNLISTED, "200 200 200 403 200 200 401"),
            (PRIVATE, "404 404 404 403 404 404 401"),
            (MISSING, "404 404 404 403 404 404 401"),
        )
    ],
    ("GET", f"/embed/{UNLISTED}", None, "200 200 200 200 200 200 200"),
    ("GET", f"/embed/{PRIVATE}", None, "404 404 404 404 404 404 404"),
    ("GET", "/health/live", None, "200 200 200 403 200 200 401"),
    ("GET", "/health/ready", None, "200 200 200 403 200 200 401"),
    ("GET", ROOMS, None, "401 200 200 403 200 200 401"),
    ("POST", ROOMS, {"kind": "private", "user_id": "{third}"}, "401 201 200 403 201 201 401"),
    ("POST", ROOMS, {"kind": "private", "user_id": MISSING}, "401 404 404 403 404 404 401"),
    ("POST", ROOMS, {"kind": "group", "title": "Knots"}, "401 201 201 403 201 201 401"),
    *[
        ("GET", f"{ROOMS}/{room}{rest}", None, statuses)
        for rest in ("", "/members", "/messages")
        for room, statuses in (
            (GROUP, "404 404 200 403 404 200 401"),
            (PAIR, "404 404 200 403 404 200 401"),
            (PUBLIC, "200 200 200 403 200 200 401"),
            (UNLISTED, "200 200 200 403 200 200 401"),
            (PRIVATE, "404 404 200 403 404 200 401"),
            (MISSING, "404 404 404 403 404 404 401"),
        )
    ],
    ("PATCH", f"{ROOMS}/{GROUP}", EDIT, "401 404 200 403 404 200 401"),
    ("PATCH", f"{ROOMS}/{PAIR}", EDIT, "401 404 403 403 404 403 401"),
    ("PATCH", f"{ROOMS}/{PUBLIC}", {"slow_seconds": 1}, "401 403 200 403 200 200 401"),
    ("PATCH", f"{ROOMS}/{PUBLIC}", EDIT, "401 403 403 403 403 403 401"),
    ("DELETE", f"{ROOMS}/{GROUP}", None, "401 404 204 403 404 204 401"),
    ("DELETE", f"{ROOMS}/{PAIR}", None, "401 404 403 403 404 403 401"),
    ("DELETE", f"{ROOMS}/{PUBLIC}", None, "401 403 403 403 403 403 401"),
    ("PUT", f"{ROOMS}/{GROUP}/members/{{keeper}}", None, "401 404 204 403 404 204 401"),
    ("PUT", f"{ROOMS}/{GROUP}/members/{MISSING}", None, "401 404 404 403 404 404 401"),
    ("PUT", f"{ROOMS}/{PAIR}/members/{{keeper}}", None, "401 404 403 403 404 403 401"),
    ("PUT", f"{ROOMS}/{PUBLIC}/members/{{keeper}}", None, "401 403 403 403 403 403 401"),
    ("DELETE", f"{ROOMS}/{GROUP}/members/{{third}}", None, "401 404 204 403 404 204 401"),
    ("DELETE", f"{ROOMS}/{GROUP}/members/{{keeper}}", None, "401 404 404 403 404 404 401"),
    *[
        (method, f"{ROOMS}/{room}/{what}/{{third}}", None, statuses)
        for method in ("PUT", "DELETE")
        for what in ("mutes", "bans")
        for room, statuses in (
            (GROUP, "401 404 204 403 404 204 401"),
            (PAIR, "401 404 403 403 404 403 401"),
            (PUBLIC, "401 403 204 403 204 204 401"),
            (PRIVATE, "401 404 204 403 404 204 401"),
        )
    ],
    ("POST", f"{ROOMS}/{GROUP}/messages", SAY, "401 404 201 403 404 403 401"),
    ("POST", f"{ROOMS}/{PAIR}/messages", SAY, "401 404 201 403 404 403 401"),
    ("POST", f"{ROOMS}/{PUBLIC}/messages", SAY, "401 201 201 403 201 201 401"),
    ("POST", f"{ROOMS}/{PRIVATE}/messages", SAY, "401 404 201 403 404 201 401"),
    ("POST", f"{ROOMS}/{MISSING}/messages", SAY, "401 404 404 403 404 404 401"),
    ("GET", f"{ROOMS}/{PUBLIC}/messages/1", None, "200 200 200 403 200 200 401"),
    ("GET", f"{ROOMS}/{GROUP}/messages/1", None, "404 404 200 403 404 200 401"),
    ("PATCH", f"{ROOMS}/{PUBLIC}/messages/1", SAY, "401 403 200 403 403 403 401"),
    ("PATCH", f"{ROOMS}/{PUBLIC}/messages/9", SAY, "401 404 404 403 404 404 401"),
    ("PATCH", f"{ROOMS}/{GROUP}/messages/1", SAY, "401 404 200 403 404 403 401"),
    ("DELETE", f"{ROOMS}/{PUBLIC}/messages/1", None, "401 403 204 403 204 204 401"),
    ("DELETE", f"{ROOMS}/{GROUP}/messages/1", None, "401 404 204 403 404 204 401"),
    ("PUT", f"{ROOMS}/{GROUP}/read", {"index": 1}, "401 404 204 403 404 204 401"),
    ("PUT", f"{ROOMS}/{PUBLIC}/read", {"index": 1}, "401 204 204 403 204 204 401"),
    # The method comes before everything else.
    ("POST", "/api/v1/me", {}, "405 405 405 405 405 405 405"),
    ("DELETE", "/api/v1/videos", None, "405 405 405 405 405 405 405"),
    ("PUT", f"/api/v1/videos/{PRIVATE}", {}, "405 405 405 405 405 405 405"),
    # So does a path that is none.
    ("GET", "/api/v1/videos/no-id", None, "404 404 404 404 404 404 404"),
]


@pytest.fixture
def names(app: Router, container: Container, store_video: Callable[..., Any]) -> dict[str, str]:
    """The owner's things by the names the paths have for them."""
    from videohub_core.videos.entities import Captions, MediaKey, ProcessingState, Visibility

    owner = Browser(app).register("owner")
    Browser(app).register("other")
    third = Browser(app).register("third")
    keeper = Browser(app).register("keeper")
    container.change_role()(actor=OPERATOR, user_id=keeper.id, role=Role.MODERATOR)
    container.rotate_signing_key().if_there_is_none()
    of_owner = Actor(UserId(owner.id))
    pair = container.issue_tokens().for_password(
        email="owner@example.test", password=PASSWORD, client=None
    )
    details = AccessTokenDetails.checked(**KEY, days=None)
    key = container.create_access_token()(actor=of_owner, details=details)

    def video(**fields: Any) -> str:
        captions = (Captions("en", MediaKey("media/captions-en-x.vtt"), 1),)
        return str(store_video(owner, captions=captions, **fields).id)

    channel = container.account_reader().user(UserId(owner.id))
    assert channel is not None
    public, private = video(), video(visibility=Visibility.PRIVATE)

    def said(actor: Actor, video_id: str) -> str:
        made = container.add_comment()(actor=actor, video_id=VideoId(video_id), text="Да")
        return str(made.id)

    names = {
        "said": said(of_owner, public),
        "thirds": said(Actor(UserId(third.id)), public),
        "hidden": said(of_owner, private),
        "mute": video(comments_allowed=False),
        "owner": owner.id,
        "third": third.id,
        "keeper": keeper.id,
        "refresh": pair.refresh_token,
        "key": key.view.id,
        # Made on the hub's own machine: no moderator's.
        "invitation": container.invite()(actor=None).id,
        "channel": channel.channel.id,
        "public": public,
        "unlisted": video(visibility=Visibility.UNLISTED),
        "private": private,
        "processing": video(state=ProcessingState.PROBING, published_at=None),
        "failed": video(state=ProcessingState.FAILED, published_at=None),
        "hid": video(hidden_at=NOW, hidden_reason=""),
    }
    container.report_content()(
        actor=Actor(UserId(third.id)),
        kind=ReportKind.VIDEO,
        subject_id=names["public"],
        reason=ReportReason.SPAM,
    )
    report = container.list_reports()(actor=OPERATOR, page=PageRequest()).items[0]
    of_third = UserId(third.id)
    group = container.create_group()(actor=of_owner, title="Knots", member_ids=[of_third])
    rooms = {
        "group": group.id,
        "pair": container.open_private_room()(actor=of_owner, user_id=of_third).id,
    }
    for room_id in (public, *rooms.values()):
        container.post_message()(actor=of_owner, room_id=RoomId(room_id), text="Да")
    return {**names, **rooms, "report": report.id}


@pytest.fixture
def callers(
    app: Router, container: Container, names: dict[str, str]
) -> Callable[[str], Browser]:
    def caller(who: str) -> Browser:
        browser = Browser(app)
        if who in "AX":
            return browser
        name = {"O": "other", "W": "owner"}.get(who, who.lower())
        if name == who.lower():
            browser.register(name)
        browser.sign_in(name)
        browser.csrf = browser.token()
        with container.uow() as uow:
            user = uow.users.by_email(f"{name}@example.test")
            assert user is not None
            browser.id = user.id
            user.role = {"D": Role.MODERATOR, "S": Role.ADMIN}.get(who, Role.MEMBER)
            if who == "B":
                user.ban(OPERATOR.id, None, None)
            uow.commit()
        return browser

    return caller


def filled(body: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {
        key: value.format(**names) if isinstance(value, str) else value
        for key, value in body.items()
    }


# Policies are the core's, whatever the database: one is enough for so many callers.
@pytest.mark.parametrize("container", ["sqlite"], indirect=True)
@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("method", "path", "body", "statuses"), MATRIX)
def test_who_may_do_what(
    callers: Callable[[str], Browser],
    names: dict[str, str],
    method: str,
    path: str,
    body: Any,
    statuses: str,
    who: str,
) -> None:
    expected = dict(zip(WHO, map(int, statuses.split()), strict=True))[who]
    browser = callers(who)
    headers = {"X-CSRF-Token": browser.csrf or browser.token()}
    if who == "X":
        # Everything but the credential is right.
        headers["Authorization"] = "Bearer expired"
    names = {**names, "me": browser.id or names["owner"]}
    call = getattr(browser.http, "get" if method == "GET" else f"{method.lower()}_json")
    given = {}
    if isinstance(body, bytes):
        call, given, headers["Content-Type"] = browser.http.put, {"params": body}, "text/vtt"
    elif body is not None:
        given = {"params": filled(body, names)}
    answer = call(path.format(**names), headers=headers, expect_errors=True, **given)
    assert answer.status_int == expected, answer.text
    if expected == 401:
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


CLOSED: list[tuple[str, str]] = [
    # mode, and the statuses of A O W B D S X for a registration without an invitation
    ("closed", "403 403 403 403 403 201 401"),
    ("invitation", "403 403 403 403 403 201 401"),
]


@pytest.mark.parametrize("container", ["sqlite"], indirect=True)
@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("mode", "statuses"), CLOSED)
def test_who_may_register(
    callers: Callable[[str], Browser],
    container: Container,
    mode: str,
    statuses: str,
    who: str,
) -> None:
    expected = dict(zip(WHO, map(int, statuses.split()), strict=True))[who]
    browser = callers(who)
    configure(container, registration=Registration(mode))
    headers = {"X-CSRF-Token": browser.csrf or browser.token()}
    if who == "X":
        headers["Authorization"] = "Bearer expired"
    browser.http.post_json("/api/v1/users", NEW, headers=headers, status=expected)


@pytest.mark.parametrize("container", ["sqlite"], indirect=True)
@pytest.mark.parametrize("who", WHO)
def test_who_is_told_what_came_of_a_registration(
    callers: Callable[[str], Browser], container: Container, who: str
) -> None:
    statuses = "202 403 403 403 403 201 401"
    expected = dict(zip(WHO, map(int, statuses.split()), strict=True))[who]
    browser = callers(who)
    configure(container, email_verification=True)
    headers = {"X-CSRF-Token": browser.csrf or browser.token()}
    if who == "X":
        headers["Authorization"] = "Bearer expired"
    browser.http.post_json("/api/v1/users", NEW, headers=headers, status=expected)


def test_the_matrix_has_every_column() -> None:
    assert all(len(statuses.split()) == len(WHO) for *_row, statuses in MATRIX)

"""What holds on every page: it renders, in both languages, inert and under the policy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import quote

import pytest

from tests.unit.pages.stub_accounts import (
    NOW,
    make_act,
    make_family,
    make_invitation,
    make_listed,
    make_session,
    make_token,
)
from tests.unit.pages.stub_hub import make_comment, make_id, make_video, make_viewer
from videohub_core.accounts.ports import ChannelRef, PublicUser
from videohub_core.channels.ports import ChannelView
from videohub_core.shared.actor import Role
from videohub_core.videos.entities import ProcessingState, Visibility

HOSTILE = """"><script>alert(1)</script><img src=x onerror='alert(2)'>{{7*7}}</title>"""

WATCH = f"/watch/{make_id('knots')}"
EDIT = f"/studio/{make_id('knots')}"
CHANNEL = f"/channels/{make_id('annaschannel')}"
USER = f"/moderation/users/{make_id('boris')}"
PAGES = {
    "/": 200,
    WATCH: 200,
    f"{WATCH}?t=12": 200,
    f"{WATCH}?comment={make_id('first')}": 200,
    f"{WATCH}?comment={make_id('reply')}": 200,
    f"{WATCH}?comment={quote(HOSTILE)}": 200,
    f"{WATCH}/comments": 200,
    f"{WATCH}/comments?thread={make_id('first')}": 200,
    f"{WATCH}/comments?thread={make_id('gone')}": 200,
    f"{WATCH}/comments?thread={make_id('none')}": 404,
    f"{WATCH}/comments?cursor=nonsense": 400,
    f"/watch/{make_id('unlisted')}": 200,
    f"/comments/{make_id('first')}/edit": 200,
    f"/comments/{make_id('first')}/delete": 200,
    f"/comments/{make_id('gone')}/delete": 404,
    f"/watch/{make_id('failed')}": 200,
    f"/watch/{make_id('probing')}": 200,
    f"/watch/{make_id('none')}": 404,
    CHANNEL: 200,
    f"{CHANNEL}?sort=-views": 200,
    f"{CHANNEL}/edit": 200,
    "/tags/knots": 200,
    "/tags/%22%3E%3Cscript%3Ealert(1)%3C/script%3E": 200,
    f"/tags/{'x' * 51}": 404,
    "/tags/%00": 404,
    f"/channels/{make_id('none')}": 404,
    "/?sort=trending": 200,
    "/subscriptions": 200,
    "/subscriptions/channels": 200,
    "/likes": 200,
    "/search": 200,
    "/search?q=alert": 200,
    "/search?q=nothing-of-the-kind": 200,
    "/upload": 200,
    "/upload?error=quota_exceeded": 200,
    "/studio": 200,
    f"/studio?uploaded={make_id('knots')}": 200,
    "/studio?deleted=1": 200,
    EDIT: 200,
    f"{EDIT}?saved=1": 200,
    f"{EDIT}/delete": 200,
    "/settings/profile": 200,
    "/settings/profile?saved=1": 200,
    "/settings/profile?verified=1": 200,
    "/settings/password": 200,
    "/settings/password?saved=1": 200,
    "/settings/sessions": 200,
    "/settings/sessions?ended=1": 200,
    "/settings/sessions?ended_others=1": 200,
    "/settings/access-tokens": 200,
    "/settings/access-tokens?deleted=1": 200,
    "/settings/account": 200,
    "/settings/blocked": 200,
    "/settings/blocked?cursor=nonsense": 400,
    f"/users/{make_id('boris')}/block": 200,
    f"/users/{make_id('anna')}/block": 409,
    f"/users/{make_id('none')}/block": 404,
    "/moderation/users": 200,
    f"/moderation/users?q={quote(HOSTILE)}&role={quote(HOSTILE)}&banned=1": 200,
    "/moderation/users?role=moderator": 200,
    "/moderation/users?done=deleted": 200,
    f"/moderation/users?done=banned&user={make_id('boris')}": 200,
    f"/moderation/users?done=banned&user={make_id('none')}": 200,
    f"{USER}/ban?q={quote(HOSTILE)}": 200,
    f"{USER}/role": 200,
    f"{USER}/delete": 200,
    f"/moderation/users/{make_id('none')}/ban": 404,
    "/moderation/audit": 200,
    "/invitations": 200,
    "/invitations?withdrawn=1": 200,
    "/verify-email": 200,
    f"/verify-email?token={quote(HOSTILE)}": 200,
    "/forgot-password": 200,
    f"/reset-password?token={quote(HOSTILE)}": 200,
    "/problems/": 200,
    "/problems/csrf_failed": 200,
    "/problems/link_not_valid": 200,
    "/problems/damaged": 200,
    "/problems/nonsense": 404,
    "/?cursor=nonsense": 400,
}
EMBED = f"/embed/{make_id('knots')}"
VISITOR_PAGES = {
    "/": 200,
    WATCH: 200,
    f"{WATCH}/comments": 200,
    EMBED: 200,
    f"/embed/{make_id('none')}": 404,
    CHANNEL: 200,
    "/search?q=nothing-of-the-kind": 200,
    "/auth/login": 200,
    "/auth/login?return_to=/upload": 200,
    "/auth/local?return_to=/upload": 200,
    "/auth/local?verified=1": 200,
    "/auth/local?reset=1": 200,
    "/register": 200,
    f"/register?invitation={quote(HOSTILE)}": 200,
    "/verify-email": 200,
    "/verify-email?sent=1": 200,
    f"/verify-email?token={quote(HOSTILE)}": 200,
    "/account-deleted": 200,
    "/forgot-password": 200,
    "/forgot-password?sent=1": 200,
    "/reset-password": 200,
    f"/reset-password?token={quote(HOSTILE)}": 200,
    "/problems/": 200,
    f"/watch/{make_id('failed')}": 404,
}


class PageReader(HTMLParser):
    """Collects the elements of a page and what the policy would block."""

    def __init__(self) -> None:
        super().__init__()
        self.blocked: list[str] = []
        self.foreign: list[str] = []
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.inputs: list[dict[str, str | None]] = []
        # Forms that change something; the search field only asks.
        self.forms: list[list[str | None]] = []
        self.changing = False
        self.headings: list[str] = []
        self.tags: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        if tag == "style" or "style" in values:
            self.blocked.append(f"style in {tag}")
        self.blocked += [f"{name} in {tag}" for name in values if name.startswith("on")]
        inert = values.get("type") in ("application/json", "application/ld+json")
        if tag == "script" and not inert and "src" not in values:
            self.blocked.append("inline script")
        for name in ("src", "href", "action"):
            address = values.get(name) or "/"
            if address.startswith("javascript:"):
                self.blocked.append(address)
            if not address.startswith(("/", "#")) or address.startswith("//"):
                self.foreign.append(address)
        if "id" in values:
            self.ids.append(values["id"] or "")
        if tag == "label":
            self.labels.add(values.get("for") or "")
        if tag == "form":
            self.changing = values.get("method") == "post"
            if self.changing:
                self.forms.append([])
        if tag in ("input", "select", "textarea"):
            self.inputs.append({"tag": tag, **values})
            if self.changing:
                self.forms[-1].append(values.get("name"))
        if tag in ("h1", "h2", "h3"):
            self.headings.append(tag)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(html: str) -> PageReader:
    reader = PageReader()
    reader.feed(html)
    reader.close()
    return reader


@pytest.fixture
def hub():
    videos = [
        make_video(
            title=f"Knots {HOSTILE}",
            description=f"1:23 {HOSTILE} https://example.org/{HOSTILE}\n" + "line\n" * 9,
            tags=(HOSTILE,),
            poster="poster.jpg",
            channel=ChannelRef(make_id("annaschannel"), HOSTILE),
        ),
        make_video(
            "failed",
            state=ProcessingState.FAILED,
            failure="damaged",
            failure_detail=HOSTILE,
            duration=None,
            visibility=Visibility.PRIVATE,
        ),
        make_video("probing", state=ProcessingState.PROBING, duration=None, published_at=None),
        make_video("unlisted", visibility=Visibility.UNLISTED, comments_allowed=False),
    ]
    created = datetime(2026, 3, 5, tzinfo=UTC)
    channel = ChannelView(
        make_id("annaschannel"), make_id("anna"), HOSTILE, HOSTILE, HOSTILE, created, 0
    )
    return {"videos": videos, "channels": [channel]}


def fill_with_hostile(stub):
    hostile_channel = ChannelRef(make_id("boris"), HOSTILE)
    said = [
        make_comment(text=f"1:02 {HOSTILE}", media_time=61.5, edited_at=NOW, replies=1),
        make_comment(
            "reply",
            text=HOSTILE,
            reply_to=make_id("first"),
            user=PublicUser(make_id("boris"), HOSTILE, hostile_channel),
        ),
        make_comment("gone", text="", user=None, deleted=True, replies=1),
    ]
    stub.comments = {comment.id: comment for comment in said}
    stub.blocked = {"x": PublicUser(make_id("clara"), HOSTILE, hostile_channel)}
    hostile = {"email": HOSTILE, "note": HOSTILE, "member": HOSTILE, "inviter": HOSTILE}
    stub.invitations["x"] = make_invitation(**hostile)
    stub.sessions.append(make_session(client=HOSTILE))
    stub.families += [make_family(client=f"Mozilla/{HOSTILE}"), make_family("b", client=None)]
    past = NOW - timedelta(days=1)
    stub.tokens += [
        make_token(name=HOSTILE, scopes=["read", HOSTILE], expires_at=past),
        make_token(name=HOSTILE, expires_at=None, last_used=past),
    ]
    banned = {"is_banned": True, "ban_reason": HOSTILE, "banned_until": past}
    user = make_listed(display_name=HOSTILE, email=HOSTILE, **banned)
    stub.users = {user.id: user, "other": make_listed("other", role=Role.MODERATOR)}
    stub.acts = [
        make_act(action, actor_name=HOSTILE, subject_name=HOSTILE, detail=detail)
        for action in ("ban", "unban", "change_role", "delete_account", HOSTILE)
        for detail in (None, HOSTILE, f"until 2026-03-05T00:00:00+00:00: {HOSTILE}")
    ]


def assert_sound(html: str, language: str) -> PageReader:
    page = read(html)
    assert page.blocked == []
    assert [address for address in page.foreign if "example.org" not in address] == []
    assert f'<html lang="{language}">' in html
    assert "alert(1)</script>" not in html
    assert "img" not in page.tags or "onerror=" not in html.replace("onerror=&#39;", "")
    assert page.headings.count("h1") == 1
    assert len(page.ids) == len(set(page.ids))
    for field in page.inputs:
        # Those have a label around them, these get theirs from the script.
        named = field.get("type") == "hidden" or "data-field" in field
        named = named or "data-choose" in field or "data-choose-again" in field
        named = named or "aria-label" in field
        assert named or field["id"] in page.labels, field
    return page


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(("path", "status"), PAGES.items())
def test_a_page_for_a_member(browse, hub, language, path, status):
    viewer = make_viewer(HOSTILE, role=Role.ADMIN, pending_email=HOSTILE)
    browser = browse(language, viewer=viewer, **hub)
    fill_with_hostile(browser.app.registry.stub)
    page = assert_sound(browser.get(path, status=status).text, language)
    assert page.forms, "a member can sign out everywhere"
    for fields in page.forms:
        assert fields[0] == "csrf_token"


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(("path", "status"), VISITOR_PAGES.items())
def test_a_page_for_a_visitor(browse, hub, language, path, status):
    page = assert_sound(browse(language, **hub).get(path, status=status).text, language)
    for fields in page.forms:
        assert fields[0] == "csrf_token"


@pytest.mark.parametrize(
    "path",
    [
        *("/upload", "/studio", EDIT, f"{EDIT}/delete", EMBED),
        *("/settings/profile", "/settings/password", "/invitations"),
        *("/settings/sessions", "/settings/access-tokens", "/settings/account"),
        *("/settings/blocked", f"/users/{make_id('boris')}/block"),
        *("/moderation/users", f"{USER}/ban", f"{USER}/role", f"{USER}/delete"),
        "/moderation/audit",
        *("/forgot-password", "/reset-password?token=x", "/verify-email?token=x"),
    ],
)
def test_a_russian_page_has_no_english_sentence_left(browse, path):
    viewer = make_viewer("Анна", role=Role.ADMIN)
    browser = browse("ru", viewer=viewer, videos=[make_video(title="Узлы")])
    stub = browser.app.registry.stub
    user = make_listed(display_name="Борис")
    stub.users, stub.tokens = {user.id: user}, [make_token(name="Копия")]
    stub.families = [make_family(client=None)]
    stub.acts = [make_act("ban", actor_name="Дора"), make_act("change_role", detail="admin")]
    words = " ".join(read(browser.get(path).text).text)
    english_words = ("Upload", "Delete", "Title", "Sign out", "Edit", "Studio", "Public")
    english_words += ("Session", "Token", "Ban", "Role", "never used", "here since", "Show")
    for english in (*english_words, "Password", "Profile", "Name", "Invit", "E-mail"):
        assert english not in words


@pytest.mark.parametrize("path", ["/", "/studio", CHANNEL])
def test_an_empty_list_says_what_to_do_next(browse, hub, path):
    hub["videos"] = []
    page = browse(viewer=make_viewer(), **hub).get(path)
    assert page.html.select_one(".empty a.button")["href"] == "/upload"


def test_the_languages_of_member_and_browser(browse):
    def lang(accepted, **viewer):
        viewer = make_viewer(**viewer) if viewer else None
        return browse(accepted, viewer=viewer).get("/").html.html["lang"]

    assert lang("ru-RU,ru;q=0.9,en;q=0.5") == "ru"
    assert lang("de, en;q=0.3, ru;q=0.2") == "en"
    assert lang("de") == "en"
    assert lang("ru", locale="en") == "en"
    assert lang("en", locale="ru") == "ru"
    assert lang("ru", locale="xx") == "ru"


def test_static_files_are_kept_for_good_under_an_address_of_their_content(browse):
    browser = browse()
    page = browser.get("/").html
    sheets = [link["href"] for link in page.select("link[rel=stylesheet]")]
    scripts = [script["src"] for script in page.select("script[src]")]
    assert sheets
    assert scripts
    for address in sheets + scripts:
        response = browser.get(address)
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    missing = browser.get(sheets[0] + ".nothing", status=404)
    assert "immutable" not in missing.headers.get("Cache-Control", "")


def test_no_script_holds_text_or_markup():
    from entrypoints.http.pages.assets import STATIC

    for script in STATIC.glob("js/*.js"):
        source = script.read_text("utf-8")
        for risky in ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", ".style"):
            assert risky not in source, f"{script.name}: {risky}"

"""Home, watch, channel, studio, edit, delete, upload."""

from __future__ import annotations

import gzip
import json
import re

import pytest

from entrypoints.http.pages.assets import STATIC
from tests.unit.pages.stub_hub import make_id, make_video, make_viewer
from videohub_core.videos.entities import ProcessingState, Visibility

KNOTS = make_id("knots")


def test_home_goes_on_by_a_link(browse):
    videos = [make_video(f"video{number:02}x", title=f"Video {number}") for number in range(30)]
    browser = browse(videos=videos)
    first = browser.get("/")
    assert len(first.html.select(".video-card")) == 24
    second = browser.get(first.html.select_one("[data-load-more]")["href"])
    titles = [link.text for link in second.html.select(".video-card__title a")]
    assert titles == [f"Video {number}" for number in range(24, 30)]
    assert second.html.select_one("[data-load-more]") is None
    assert "You have reached the end." in second


def test_a_card_leads_to_video_and_channel_and_says_how_long_it_is(browse):
    card = browse(videos=[make_video(duration=3725.9)]).get("/").html.select_one(".video-card")
    assert card.select_one(".video-card__title a")["href"] == f"/watch/{KNOTS}"
    assert card.select_one(".video-card__channel")["href"].startswith("/channels/")
    assert card.select_one(".poster__duration").text == "Duration 1:02:05"
    assert card.select_one("time").text == "3 days ago"


def test_the_age_of_a_video_in_russian(browse):
    page = browse("ru", videos=[make_video()]).get("/")
    assert page.html.select_one("time").text == "3 дня назад"


@pytest.mark.parametrize(
    ("locale", "views", "said", "said_in_lists"),
    [
        ("ru", 1, "1 просмотр", "1 просмотр"),
        ("ru", 1234, "1 234 просмотра", "1,2 тыс. просмотров"),
        ("ru", 11_001, "11 001 просмотр", "11 тыс. просмотров"),
        ("en", 1, "1 view", "1 view"),
        ("en", 0, "0 views", "0 views"),
        ("en", 1_240_000, "1,240,000 views", "1.2M views"),
    ],
)
def test_views_are_said_in_full_and_in_lists_in_short(
    browse, locale, views, said, said_in_lists
):
    viewer = make_viewer(locale=locale)
    browser = browse(viewer=viewer, videos=[make_video(views=views)])
    about = browser.get(f"/watch/{KNOTS}").html.select_one(".about__date")
    assert spaced(about.text).startswith(f"{said} · ")
    assert f" {said} · " in spaced(browser.get("/studio").html.select_one(".studio-row").text)
    card = browser.get("/").html.select_one(".video-card__views")
    assert spaced(card.text) == said_in_lists


def spaced(text):
    """Return a text with each run of spaces, of whatever kind, as one."""
    return " ".join(text.split())


def test_the_watch_page_says_what_to_watch_next(browse):
    videos = [make_video(), make_video("bends", title="Bends & hitches", views=5)]
    page = browse(videos=videos).get(f"/watch/{KNOTS}").html
    (link,) = page.select(".related .video-card__title a")
    assert (link.text, link["href"]) == ("Bends & hitches", f"/watch/{make_id('bends')}")
    assert browse(videos=[make_video()]).get(f"/watch/{KNOTS}").html.select(".related") == []


def test_the_player_keeps_its_shape_and_starts_where_asked(browse):
    browser = browse(videos=[make_video(poster="x", width=720, height=1280)])
    video = browser.get(f"/watch/{KNOTS}?t=90").html.video
    assert (video["width"], video["height"]) == ("720", "1280")
    assert video["src"] == f"/media/{KNOTS}/video.mp4#t=90"
    assert video["poster"] == f"/media/{KNOTS}/poster.jpg"
    assert video.has_attr("playsinline")
    assert video.has_attr("controls")


def test_the_watch_page_is_light(browse):
    page = browse(videos=[make_video(captions=())]).get(f"/watch/{KNOTS}")
    scripts = [*STATIC.glob("js/*.js"), *STATIC.glob("js/player/*.js")]
    files = [path.read_bytes() for path in [*STATIC.glob("*.css"), *scripts]]
    weight = sum(len(gzip.compress(data)) for data in [page.body, *files])
    # Every style and script of the hub, and not only those of this page.
    assert weight <= 120_000


@pytest.mark.parametrize("start", ["-1", "abc", "999999", "1e3", "٣", "1" * 5000, "NaN"])
def test_a_senseless_start_is_the_beginning(browse, start):
    page = browse(videos=[make_video()]).get(f"/watch/{KNOTS}", params={"t": start})
    assert page.html.video["src"] == f"/media/{KNOTS}/video.mp4"


def test_only_the_owner_is_offered_to_change_a_video(browse):
    edit = f'href="/studio/{KNOTS}"'
    assert edit in browse(viewer=make_viewer(), videos=[make_video()]).get(f"/watch/{KNOTS}")
    other = make_viewer(id=make_id("boris"))
    assert edit not in browse(viewer=other, videos=[make_video()]).get(f"/watch/{KNOTS}")
    assert edit not in browse(videos=[make_video()]).get(f"/watch/{KNOTS}")


def test_a_video_that_is_not_public_says_so(browse):
    unlisted = make_video(visibility=Visibility.UNLISTED)
    assert "По ссылке" in browse("ru", videos=[unlisted]).get(f"/watch/{KNOTS}")
    assert "badge" not in browse(videos=[make_video()]).get(f"/watch/{KNOTS}")


def test_a_failed_video_says_why_and_what_to_do(browse):
    failed = make_video(
        state=ProcessingState.FAILED,
        failure="no_video_track",
        failure_detail="x",
        duration=None,
    )
    page = browse("ru", viewer=make_viewer(), videos=[failed]).get(f"/watch/{KNOTS}")
    assert "В этом файле нет изображения." in page
    assert "Выберите файл с видеодорожкой" in page
    assert page.html.video is None


def test_a_video_in_processing_refreshes_by_link_too(browse):
    probing = make_video(state=ProcessingState.PROBING, duration=None)
    page = browse(viewer=make_viewer(), videos=[probing]).get(f"/watch/{KNOTS}")
    assert page.html.select_one("[data-refresh]")["href"] == f"/watch/{KNOTS}"
    assert page.html.select_one("[data-processing]")["data-state"] == "probing"


def test_a_long_description_is_folded_and_a_short_one_is_not(browse):
    long = browse(videos=[make_video(description="line\n" * 9)]).get(f"/watch/{KNOTS}")
    short = browse(videos=[make_video(description="line")]).get(f"/watch/{KNOTS}")
    assert long.html.select_one(".fold__switch")
    assert not short.html.select_one(".fold__switch")


@pytest.mark.parametrize("path", ["/upload", "/studio", f"/studio/{KNOTS}"])
def test_a_visitor_is_asked_to_sign_in_and_comes_back(browse, path):
    response = browse(videos=[make_video()]).get(path, status=303)
    sign_in = response.follow()
    assert sign_in.forms[1]["return_to"].value == path


def test_a_visitor_cannot_post_either(browse):
    browser = browse(videos=[make_video()])
    for path in (f"/studio/{KNOTS}", f"/studio/{KNOTS}/delete"):
        assert "/auth/login" in browser.post(path, status=303).location
    assert KNOTS in browser.app.registry.stub.videos


def test_the_studio_shows_every_state(browse):
    videos = [
        make_video(f"state{state.value}", state=state, title=state.value)
        for state in ProcessingState
    ]
    page = browse(viewer=make_viewer(), videos=videos).get("/studio").html
    assert len(page.select(".studio-row")) == len(ProcessingState)
    assert len(page.select("[data-unsettled]")) == 4


def test_the_studio_names_only_a_real_id_as_uploaded(browse):
    browser = browse(viewer=make_viewer(), videos=[make_video()])
    assert "Your file has arrived" in browser.get(f"/studio?uploaded={KNOTS}")
    for wrong in ("x", "../../evil", KNOTS + "\n"):
        page = browser.get("/studio", params={"uploaded": wrong})
        assert "Your file has arrived" not in page


def test_editing_a_video(browse):
    browser = browse(viewer=make_viewer(), videos=[make_video(tags=("a", "b"))])
    form = browser.get(f"/studio/{KNOTS}").forms[2]
    assert form["tags"].value == "a, b"
    form["title"] = "New title"
    form["description"] = "One\r\nTwo"
    form["tags"] = " rope ,, Boats, "
    form["visibility"] = "private"
    response = form.submit(status=303)
    assert "Your changes are saved." in response.follow()
    video = browser.app.registry.stub.videos[KNOTS]
    assert (video.title, video.description) == ("New title", "One\nTwo")
    assert (video.tags, video.visibility) == (("rope", "boats"), Visibility.PRIVATE)


def test_a_refused_edit_keeps_what_was_typed(browse):
    browser = browse("ru", viewer=make_viewer(), videos=[make_video()])
    form = browser.get(f"/studio/{KNOTS}").forms[2]
    form["title"] = ""
    form["description"] = "Typed long"
    form["tags"] = "x" * 51
    page = form.submit(status=400)
    assert page.forms[2]["description"].value == "Typed long"
    assert page.html.select_one("#title-error").text == "Дайте видео название."
    wrong = page.html.select_one("#tags-error").text
    assert wrong == "В теге может быть не больше 50 символов."
    assert page.html.select_one("#title")["aria-invalid"] == "true"
    assert page.html.select_one("#title")["aria-describedby"] == "title-error"


def test_deleting_is_asked_for_and_then_done(browse):
    browser = browse(viewer=make_viewer(), videos=[make_video()])
    question = browser.get(f"/studio/{KNOTS}/delete")
    assert KNOTS in browser.app.registry.stub.videos
    studio = question.forms[2].submit(status=303).follow()
    assert "The video is deleted." in studio
    assert KNOTS not in browser.app.registry.stub.videos


def test_somebody_elses_video_cannot_be_edited(browse):
    browser = browse(viewer=make_viewer(id=make_id("boris")), videos=[make_video()])
    for path in (f"/studio/{KNOTS}", f"/studio/{KNOTS}/delete"):
        assert "Only the owner" in browser.get(path, status=403)
        browser.post(path, {"title": "x"}, status=403)


def test_the_upload_form_sends_the_file_last(browse):
    form = browse(viewer=make_viewer()).get("/upload").html.select_one("[data-plain-upload]")
    assert (form["method"], form["enctype"]) == ("post", "multipart/form-data")
    names = [field["name"] for field in form.select("[name]")]
    details = ["title", "description", "tags", "visibility", "comments_allowed"]
    assert names == ["csrf_token", *details, "file"]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("quota_exceeded", "Для этого файла у вас не хватает места."),
        ("<script>", "Что-то пошло не так."),
    ],
)
def test_the_upload_page_says_what_went_wrong(browse, code, text):
    page = browse("ru", viewer=make_viewer()).get("/upload", params={"error": code})
    assert page.html.select_one("[role=alert].note").text == text


def test_without_others_code_the_upload_page_does_without(browse):
    browser = browse(viewer=make_viewer())
    browser.app.registry.browser_code.files = {}
    sources = [script["src"] for script in browser.get("/upload").html.select("script[src]")]
    assert sources
    assert not [source for source in sources if "/static/lib/" in source]


def test_others_code_is_kept_for_good_and_only_what_is_named(browse):
    browser = browse()
    code = browser.app.registry.browser_code
    code.files = {"tus.min.js": b"tus"}
    address = f"/static/lib/{code.digest}/tus.min.js"
    answer = browser.get(address)
    assert (answer.body, answer.content_type) == (b"tus", "text/javascript")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    stale = address.replace(code.digest, "0" * 16)
    for wrong in (stale, address.replace("tus.min", "package"), address.replace("tus.", "..")):
        browser.get(wrong, status=404)


def imported(script, found=()):
    """Return a module and all that it imports."""
    found = {script, *found}
    for name in re.findall(r' from "\./([\w-]+\.js)"', script.read_text("utf-8")):
        if script.with_name(name) not in found:
            found = imported(script.with_name(name), found)
    return found


def test_scripts_get_their_texts_as_data(browse):
    page = browse("ru", viewer=make_viewer()).get("/upload")
    texts = json.loads(page.html.select_one("#texts").string)
    assert texts["problems"]["file_too_large"] == "Файл больше допустимого размера."
    assert texts["fields"]["/title"]["required"] == "Дайте видео название."
    used = set()
    from entrypoints.http.pages.assets import STATIC

    for script in imported(STATIC / "js" / "upload.js"):
        used |= set(re.findall(r"\btexts\.(?!js\b)(\w+)", script.read_text("utf-8")))
    assert used <= set(texts)

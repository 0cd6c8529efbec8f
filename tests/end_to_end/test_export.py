"""Members take their data along."""

from __future__ import annotations

from pathlib import Path

import requests

from tests.documented import Documented
from tests.end_to_end.hub import PASSWORD, Hub, Member

KEY = {"name": "script", "scopes": ["read"]}
MANY = 103
"""More videos than one page of what is read."""


def test_all_that_is_the_members_and_nothing_else(
    shared_hub: Hub, anna: Member, boris: Member, clip: Path
) -> None:
    personal = anna.send("POST", "/api/v1/me/access-tokens", json=KEY).json()
    pair = anna.send("POST", "/api/v1/tokens", json={}).json()
    video = anna.processed(anna.upload(clip, visibility="private").json()["id"])
    boris.upload(clip, title="Not hers")
    comments = f"/api/v1/videos/{video['id']}/comments"
    said = anna.send("POST", comments, json={"text": "один"}).json()
    anna.send("PATCH", f"/api/v1/comments/{said['id']}", json={"text": "два"})
    blocked = boris.get("/api/v1/me").json()["id"]
    anna.send("PUT", f"/api/v1/me/blocks/{blocked}")
    answer = anna.get("/api/v1/me/export")
    document = requests.get(f"{shared_hub.url}/swagger/swagger.json", timeout=30).json()
    Documented(document).check("GET", "/api/v1/me/export", 200, answer.headers, answer.content)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Cache-Control"] == "no-store"
    export = answer.json()
    me = anna.get("/api/v1/me").json()
    assert export["account"] == me
    assert export["channel"]["id"] == me["channel"]["id"]
    assert [one["kind"] for one in export["sessions"]] == ["browser", "client"]
    assert [one["id"] for one in export["access_tokens"]] == [personal["id"]]
    assert [one["id"] for one in export["videos"]] == [video["id"]]
    assert [one["user"]["id"] for one in export["blocks"]] == [blocked]
    comment = export["comments"][0]
    assert (comment["id"], comment["text"]) == (said["id"], "два")
    assert [version["text"] for version in comment["versions"]] == ["один"]
    for secret in (personal["token"], pair["refresh_token"], PASSWORD, "$argon2"):
        assert secret not in answer.text
    original = anna.get(export["videos"][0]["original"])
    assert original.content == clip.read_bytes()
    assert original.headers["Content-Disposition"] == "attachment"
    part = anna.get(export["videos"][0]["original"], headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, clip.read_bytes()[4:8])


def test_an_export_of_many_videos_is_one_document(anna: Member) -> None:
    made = [anna.upload(b"no video", title=f"{n}").json()["id"] for n in range(MANY)]
    export = anna.get("/api/v1/me/export").json()
    assert [one["id"] for one in export["videos"]] == made[::-1]


def test_a_personal_token_does_not_take_the_data(shared_hub: Hub, anna: Member) -> None:
    token = anna.send("POST", "/api/v1/me/access-tokens", json=KEY).json()["token"]
    answer = requests.get(
        f"{shared_hub.url}/api/v1/me/export",
        headers={"Authorization": f"Bearer {token}"},
        timeout=10,
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "not_with_this_token")


def test_other_methods_and_queries_are_refused(anna: Member) -> None:
    assert anna.get("/api/v1/me/export?x=1").status_code == 400
    refused = anna.send("DELETE", "/api/v1/me/export")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET")

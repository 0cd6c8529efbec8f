"""Schemathesis over a running hub: what the document says is what the hub does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from entrypoints.settings import RATE_LIMITS
from tests.end_to_end.hub import PASSWORD, ROOT, Hub, Member, running_hub

CHECKS_LEFT_OUT = {
    # Swagger 2.0 has one list of media types for all answers of an operation, so that
    # 204 and 304 would need one. `answered_as_documented` knows better.
    "content_type_conformance",
}
# With made-up conditions and keys, 412 and 422 are what a valid request is answered.
ACCEPTED = ["2xx", "3xx", 401, 403, 404, 409, 412, 422]
REFUSED = [400, 401, 403, 404, 405, 406, 409, 415, 422, 428, 429, "5xx"]
# `missing_auth` is not among them: nobody signs in with a made-up password, a member
# does not register, and a stranger is refused on purpose.
FAIL_ON = ["missing_test_data", "validation_mismatch", "unsupported_regex", "rate_limited"]

UNLIMITED = " ".join(f"{kind}=99999/second" for kind in RATE_LIMITS)
# A link that was never mailed is 400, which no schema can say.
NEED_A_LINK = ("verify_email", "reset_password")


# In the place of an id of which each case gets one of its own.
NOTHING = "0" * 16
CAPTIONS = {
    "data": b"WEBVTT\n\n00:01.000 --> 00:02.000\nA\n",
    "headers": {"Content-Type": "text/vtt"},
}


@dataclass
class Target:
    """A hub with a member who may do everything, another one, and a video."""

    hub: Hub
    member: Member
    video_id: str
    user_id: str
    report_id: str
    comment_id: str
    presession: str
    presession_token: str


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory, clip: Path) -> Iterator[Target]:
    with running_hub(tmp_path_factory.mktemp("hub"), rate_limits=UNLIMITED) as hub:
        member = Member(hub, "anna").promoted()
        video_id = member.upload(clip).json()["id"]
        member.processed(video_id)
        member.send("PUT", f"/api/v1/videos/{video_id}/captions/ru", **CAPTIONS)
        with requests.Session() as http:
            token = http.get(f"{hub.url}/api/v1/csrf", timeout=30).json()["csrf_token"]
            presession = f"hub_presession={http.cookies['hub_presession']}"
        user_id = Member(hub, "boris").get("/api/v1/me").json()["id"]
        report_id = reported(member, video_id)
        comments = f"/api/v1/videos/{video_id}/comments"
        comment_id = member.send("POST", comments, json={"text": "Да"}).json()["id"]
        # The room beside the video, which strangers may read.
        messages = f"/api/v1/chat/rooms/{video_id}/messages"
        member.send("POST", messages, json={"text": "Да"})
        ids = (video_id, user_id, report_id, comment_id)
        yield Target(hub, member, *ids, presession, token)


def reported(member: Member, video_id: str) -> str:
    """Report a video and return the report's id; the member is an admin."""
    body = {"kind": "video", "id": video_id, "reason": "spam"}
    member.send("POST", "/api/v1/reports", json=body)
    return str(member.get("/api/v1/moderation/reports").json()["items"][0]["id"])


def configuration(target: Target, who: str) -> str:
    """Return Schemathesis' settings: who asks, and ids of what there is."""
    account = target.member.get("/api/v1/me").json()
    session = f"hub_session={target.member.http.cookies['hub_session']}"
    lines = [
        "[warnings]",
        f"fail-on = {[] if who == 'stranger' else FAIL_ON}",
        "[auth.openapi]",
        f'csrf = {{ api_key = "{target.member.csrf}" }}'
        if who == "member"
        else f'csrf = {{ api_key = "{target.presession_token}" }}',
        f'session = {{ api_key = "{session}" }}' if who == "member" else "",
        "[parameters]",
        f'"path.video_id" = "{target.video_id}"',
        f'"path.channel_id" = "{account["channel"]["id"]}"',
        f'"path.user_id" = "{target.user_id}"',
        f'"path.report_id" = "{target.report_id}"',
        f'"path.comment_id" = "{target.comment_id}"',
        f'"path.room_id" = "{target.video_id}"',
        '"path.index" = "1"',
        f'"path.session_id" = "{NOTHING}"',
        f'"path.token_id" = "{NOTHING}"',
        f'"path.upload_id" = "{NOTHING}"',
        '"path.name" = "video.mp4"',
        '"path.language" = "ru"',
        "[checks.positive_data_acceptance]",
        f"expected-statuses = {ACCEPTED}",
    ]
    for check in ("negative_data_rejection", "missing_required_header"):
        # The version of tus is a condition (its specification, "Tus-Resumable").
        lines += [f"[checks.{check}]", f"expected-statuses = {[*REFUSED, 412]}"]
    for operation in NEED_A_LINK:
        lines += [
            "[[operations]]",
            f'include-operation-id = "{operation}"',
            "warnings = false",
            f"checks.positive_data_acceptance.expected-statuses = {[*ACCEPTED, 400]}",
        ]
    return "\n".join(lines)


def environment(target: Target, who: str) -> dict[str, str]:
    session = f"hub_session={target.member.http.cookies['hub_session']}"
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SCHEMATHESIS_HOOKS": "tests.end_to_end.schemathesis_hooks",
        "HUB_URL": target.hub.url,
        "HUB_VIDEO_ID": target.video_id,
        "HUB_USER_ID": target.user_id,
        "HUB_COMMENT_ID": target.comment_id,
        "HUB_CHANNEL_ID": target.member.get("/api/v1/me").json()["channel"]["id"],
        "HUB_NOTHING": NOTHING,
        "HUB_CSRF_COOKIE": session if who == "member" else target.presession,
        "HUB_COOKIE": session,
        "HUB_CSRF_TOKEN": target.member.csrf,
        "HUB_EMAIL": target.member.email,
        "HUB_PASSWORD": PASSWORD,
    }


# The stranger first: the member edits and deletes.
@pytest.mark.timeout(300)
@pytest.mark.parametrize("who", ["stranger", "member"])
def test_the_hub_does_what_the_document_says(target: Target, who: str, tmp_path: Path) -> None:
    settings = tmp_path / "schemathesis.toml"
    settings.write_text(configuration(target, who), encoding="utf-8")
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "--config-file",
        str(settings),
    ]
    command += ["run", f"{target.hub.url}/swagger/swagger.json", "--no-color"]
    command += ["--phases", "examples,coverage,fuzzing", "--checks", "all"]
    command += ["--exclude-checks", ",".join(sorted(CHECKS_LEFT_OUT))]
    command += ["--max-examples", "12", "--generation-deterministic", "--continue-on-failure"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment(target, who),
        capture_output=True,
        text=True,
        timeout=290,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    operations = re.search(r"Selected: (\d+)/(\d+)\s+Tested: (\d+)", done.stdout)
    cases = re.search(r"(\d+) generated", done.stdout)
    assert operations, done.stdout
    assert cases, done.stdout
    assert len(set(operations.groups())) == 1, "not every operation was tested"
    assert int(cases[1]) > 300
    print(f"{who}: {operations[1]} operations, {cases[1]} cases")  # noqa: T201
    # The words under which http and streams log what nobody foresaw.
    assert "unexpected error" not in target.hub.log.read_text(encoding="utf-8")

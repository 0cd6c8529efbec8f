"""The demo's texts keep the hub's rules and say nothing that is not so."""

from __future__ import annotations

import re

import pytest

from adapters.security.email_syntax import EmailValidatorSyntax
from entrypoints.cli.demo_content import MEMBERS, PASSWORD, VIDEOS, DemoMember, DemoVideo
from entrypoints.cli.demo_pictures import PICTURES, coloured, make_graph
from entrypoints.http.pages.descriptions import linked, seconds_of
from tests.factories.entities import NOW
from videohub_core.accounts.entities import display_name_error, password_error
from videohub_core.channels.entities import Channel
from videohub_core.shared.ids import ChannelId, UserId
from videohub_core.videos.entities import ORIGIN_MOST, VideoDetails

DAYS = {member.name: member.days for member in MEMBERS}


def test_there_is_enough_to_look_at() -> None:
    assert len(MEMBERS) == 12
    assert len(VIDEOS) == 18
    assert {video.picture for video in VIDEOS} == set(PICTURES)
    assert len({video.picture for video in VIDEOS}) == len(VIDEOS)
    assert {video.owner for video in VIDEOS} == set(DAYS)
    assert len({member.email for member in MEMBERS}) == len(MEMBERS)
    assert password_error(PASSWORD) is None


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name)
def test_members_may_be_as_they_are(member: DemoMember) -> None:
    assert EmailValidatorSyntax(special_domains=False).normalise(member.email) == member.email
    assert display_name_error(member.display_name) is None
    channel = Channel(
        id=ChannelId("c"), user_id=UserId("u"), title=member.display_name, created=NOW
    )
    channel.edit(title=channel.title, description=member.channel)


@pytest.mark.parametrize("video", VIDEOS, ids=lambda video: video.picture)
def test_videos_may_be_as_they_are(video: DemoVideo) -> None:
    details = VideoDetails.checked(
        title=video.title, description=video.description, tags=video.tags
    )
    assert (details.title, details.tags) == (video.title, video.tags)
    assert len(video.picture) + len("demo:") <= ORIGIN_MOST
    picture = PICTURES[video.picture]
    assert 6 <= picture.seconds <= 15
    assert 0 < video.days < DAYS[video.owner], "a video is there before its owner"
    assert bool(video.tune) is not picture.sounds


@pytest.mark.parametrize("video", VIDEOS, ids=lambda video: video.picture)
def test_time_codes_and_addresses_lead_somewhere(video: DemoVideo) -> None:
    seconds = PICTURES[video.picture].seconds
    codes = re.findall(r"^(\d+:\d\d) ", video.description, re.MULTILINE)
    assert [seconds_of(code) for code in codes] == sorted(seconds_of(code) for code in codes)
    assert all(seconds_of(code) < seconds for code in codes)
    markup = linked(video.description, watch_path="/watch/x", duration=seconds)
    assert markup.count('class="time-code"') >= len(codes)
    for address in re.findall(r"https?://\S+", video.description):
        assert f'href="{address}"' in markup


def test_grey_becomes_colours_step_by_step() -> None:
    graph = coloured("#000000", "#ff8000", at=(0, 255))
    assert "r='if(lt(val,255.00),0+(val-0.00)*1.0000,255)'" in graph
    assert "g='if(lt(val,255.00),0+(val-0.00)*0.5020,128)'" in graph


def test_notes_have_their_pitch() -> None:
    graph = make_graph(PICTURES["hills"], "a4 c4 g#3")
    assert "if(lt(ld(1),1),440.00,if(lt(ld(1),2),261.63,207.65))" in graph

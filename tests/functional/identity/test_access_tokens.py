"""The provider's access tokens, over the hub's own parts."""

from __future__ import annotations

import threading
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pyramid.router import Router

from entrypoints.container import Container
from tests.functional.browser import Browser, problem
from tests.functional.identity.visitor import Visitor
from tests.rogue_provider import CLIENT_ID, RogueProvider
from videohub_core.accounts.errors import InvalidToken
from videohub_core.shared.actor import OPERATOR
from videohub_core.shared.ids import UserId


def test_an_access_token_of_the_provider_is_its_owners(
    visitor: Visitor, rogue: RogueProvider, container: Container
) -> None:
    read = container.read_provider_token()
    new = read(token=rogue.access_token())
    assert (new.sub, new.email, new.channel.title) == (
        "7",
        "anna@example.test",
        "Анна Ёлкина",
    )
    visitor.sign_in_there()
    assert visitor.me()["id"] == new.id
    assert read(token=rogue.access_token()).id == new.id
    assert rogue.count("/userinfo") == 1
    for wrong in ({"aud": CLIENT_ID}, {"nonce": "n"}, {"iss": "https://evil.example"}):
        with pytest.raises(InvalidToken):
            read(token=rogue.access_token(**wrong))


def test_an_access_token_does_not_take_a_local_account(
    rogue: RogueProvider, container: Container, anna_here: Browser
) -> None:
    with pytest.raises(InvalidToken):
        container.read_provider_token()(token=rogue.access_token())
    assert container.account_reader().user(UserId(anna_here.id)).sub is None


def test_two_first_sign_ins_at_once_make_one_account(
    rogue: RogueProvider, container: Container
) -> None:
    both = threading.Barrier(2)
    found: list[Any] = []

    def sign_in() -> None:
        begun = container.begin_login()(return_to="/")
        asked = parse_qs(urlsplit(begun.url).query)
        login = container.take_login()(state=asked["state"][0], browser=begun.browser)
        both.wait(10)
        found.append(container.finish_login()(login=login, code=asked["nonce"][0]))

    threads = [threading.Thread(target=sign_in) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len({finished.signed_in.user_id for finished in found}) == 1
    assert len({finished.signed_in.token for finished in found}) == 2


def test_two_access_tokens_of_somebody_new_at_once(
    rogue: RogueProvider, container: Container
) -> None:
    both = threading.Barrier(2)
    found: list[Any] = []

    def read(token: str) -> None:
        both.wait(10)
        found.append(container.read_provider_token()(token=token).id)

    tokens = [rogue.access_token(jti=str(number)) for number in range(2)]
    threads = [threading.Thread(target=read, args=[token]) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(found) == 2
    assert len(set(found)) == 1


def test_an_access_token_of_the_provider_opens_the_api(
    app: Router, rogue: RogueProvider, container: Container
) -> None:
    program = Browser(app)
    bearer = {"Authorization": f"Bearer {rogue.access_token()}"}
    me = program.get("/api/v1/me", **bearer).json
    assert me["email"] == "anna@example.test"
    # No CSRF token is asked of a bearer.
    given = {"name": "Узлы", "scopes": ["read"]}
    program.http.post_json("/api/v1/me/access-tokens", given, headers=bearer, status=201)

    for wrong in ({"aud": CLIENT_ID}, {"nonce": "n"}, {"iss": "https://evil.example"}):
        refused = {"Authorization": f"Bearer {rogue.access_token(**wrong)}"}
        answer = program.get("/api/v1/me", status=401, **refused)
        problem(answer, "invalid_token")

    with container.uow() as uow:
        uow.users.get(UserId(me["id"])).ban(OPERATOR.id, "spam", None)
        uow.commit()
    answer = program.get("/api/v1/me", status=403, **bearer)
    problem(answer, "account_banned")


def test_while_the_provider_is_down_its_tokens_are_no_fault_of_the_clients(
    app: Router, rogue: RogueProvider
) -> None:
    bearer = {"Authorization": f"Bearer {rogue.access_token()}"}
    rogue.breaks("/jwks", {}, 500)
    answer = Browser(app).get("/api/v1/me", status=503, **bearer)
    problem(answer, "provider_unavailable")

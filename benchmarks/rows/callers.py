"""P14: what it costs to know who is asking, and what sign-ins cost everybody else."""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import requests
from sqlalchemy import select

from adapters.persistence.accounts import sessions, users
from benchmarks.bare import Bare
from benchmarks.harness import Row, Run, at_most, seconds_of
from benchmarks.hub import FilledHub, filled_hub
from entrypoints.edge.actor import Caller, identify
from tests.end_to_end.hub import Member, running_hub
from videohub_core.accounts.entities import Session
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.ids import UserId
from videohub_core.tokens.entities import AccessTokenDetails

CALLS = 200
READS = 150
ALLOWED = 150e-6
"""Seconds that knowing who asks may take besides a query."""

SIGNING_IN = 32
"""How many try to sign in at once, again and again."""

_UNLIMITED = " ".join(
    f"{kind}=1000000/second"
    for kind in ("read", "write", "sign_in", "sign_in_account", "sign_in_address")
)


def callers(run: Run) -> Iterator[Row]:
    """P14: each credential against one indexed query; reads beside a crowd that signs in."""
    for kind in run.kinds:
        with filled_hub(run.folder, kind, min(run.sizes)) as hub:
            yield from _credentials(run, hub)
    with tempfile.TemporaryDirectory(dir=run.folder) as name:
        yield from _crowd(run, Path(name))


def _credentials(run: Run, hub: FilledHub) -> Iterator[Row]:
    container, owner = hub.container, UserId(hub.community.owner_id)
    actor = Actor(owner, Role.MEMBER)
    container.rotate_signing_key().if_there_is_none()
    secret = hub.session_of_owner()
    pair = container.issue_tokens()(actor=actor, session=secret, client=None)
    details = AccessTokenDetails.checked(name="benchmark", scopes=["read"], days=1)
    personal = container.create_access_token()(actor=actor, details=details)
    bare = Bare(hub.database)
    one = select(sessions.c.token_hash, users.c.id, users.c.role).join(
        users, users.c.id == sessions.c.user_id
    )
    query = bare.function(one.where(sessions.c.token_hash == Session.hash(secret)), {}, len)
    for what, ask in (
        ("session cookie", lambda: identify(container, {"hub_session": secret}, None)),
        ("access token", lambda: identify(container, {}, f"Bearer {pair.access_token}")),
        ("personal token", lambda: identify(container, {}, f"Bearer {personal.token}")),
    ):
        yield run.compare(
            "P14",
            f"{what} ({hub.kind})",
            unit="s",
            reference=("one indexed query and 150 µs", _and_allowed(_mean(query))),
            ours=_mean(_of(owner, ask)),
            aim=at_most(1),
        )
    bare.close()


def _of(owner: UserId, ask: Callable[[], Caller]) -> Callable[[], Caller]:
    def asked() -> Caller:
        caller = ask()
        assert caller.viewer is not None
        assert caller.viewer.id == owner
        return caller

    return asked


def _mean(call: Callable[[], object]) -> Callable[[], float]:
    """Return a sample of how long a call takes, of many in a row."""
    many = seconds_of(lambda: [call() for _ in range(CALLS)])
    return lambda: many() / CALLS


def _and_allowed(sample: Callable[[], float]) -> Callable[[], float]:
    return lambda: sample() + ALLOWED


def _crowd(run: Run, place: Path) -> Iterator[Row]:
    with running_hub(place, rate_limits=_UNLIMITED) as hub:
        member = Member(hub, "reader")

        def read() -> float:
            """Return the median time of a member's read."""
            times = []
            for _ in range(READS):
                begun = time.perf_counter()
                assert member.get("/api/v1/me").status_code == 200
                times.append(time.perf_counter() - begun)
            return statistics.median(times)

        def read_beside_the_crowd() -> float:
            with _signing_in(hub.url):
                return read()

        yield run.compare(
            "P14",
            f"a member's read while {SIGNING_IN} sign in without end (sqlite)",
            unit="s",
            reference=("the same read alone", read),
            ours=read_beside_the_crowd,
            aim=at_most(2),
            rounds=5,
            note="whoever is answered 503 waits as long as Retry-After says",
        )


@contextmanager
def _signing_in(url: str) -> Iterator[None]:
    """Let many try passwords, each again as soon as it is refused."""
    ended = threading.Event()

    def sign_in(number: int) -> None:
        with requests.Session() as http:
            token = http.get(f"{url}/api/v1/csrf", timeout=30).json()["csrf_token"]
            guess = {"email": f"nobody{number}@example.test", "password": "a guess"}
            headers = {"X-CSRF-Token": token}
            while not ended.is_set():
                answer = http.post(
                    f"{url}/api/v1/session", json=guess, headers=headers, timeout=30
                )
                # Whoever is told to come back later does.
                ended.wait(float(answer.headers.get("Retry-After", 0)))

    with ThreadPoolExecutor(SIGNING_IN) as pool:
        for number in range(SIGNING_IN):
            pool.submit(sign_in, number)
        try:
            yield
        finally:
            ended.set()

"""What signed access tokens promise, the fake included; and what the real ones refuse."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from adapters.security.jose_tokens import (
    ALGORITHM,
    LEEWAY_SECONDS,
    TYPE,
    JoseAccessTokens,
    RsaKeyMaker,
)
from adapters.security.seal import Seal
from tests.fakes.simple import FakeClock, FakeIds
from tests.fakes.storage import FakeStorage
from tests.fakes.tokens import FakeSigner
from videohub_core.accounts.errors import InvalidToken
from videohub_core.shared.errors import Unavailable
from videohub_core.shared.ids import FamilyId, UserId
from videohub_core.tokens.entities import ACCESS_LASTS, KEY_KEPT
from videohub_core.tokens.ports import AccessClaims
from videohub_core.tokens.use_cases.rotate_signing_key import RotateSigningKey

ISSUER = "https://videos.example.org"
SEAL = Seal(b"a secret")


@pytest.fixture(scope="module")
def keys() -> RsaKeyMaker:
    return RsaKeyMaker(SEAL, FakeIds())


class Passing:
    """A monotonic clock to turn."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def passing() -> Passing:
    return Passing()


@pytest.fixture
def rotate(fake_storage: FakeStorage, keys: RsaKeyMaker, clock: FakeClock) -> RotateSigningKey:
    rotate = RotateSigningKey(fake_storage.uow(), keys, clock)
    rotate.if_there_is_none()
    return rotate


@pytest.fixture
def jose(
    fake_storage: FakeStorage, rotate: RotateSigningKey, clock: FakeClock, passing: Passing
) -> JoseAccessTokens:
    return JoseAccessTokens(fake_storage.token_reader, SEAL, ISSUER, clock, passing)


@pytest.fixture(params=["fake", "jose"])
def signer(request: pytest.FixtureRequest, clock: FakeClock) -> Any:
    return FakeSigner(clock) if request.param == "fake" else request.getfixturevalue("jose")


def claims(clock: FakeClock) -> AccessClaims:
    # Tokens count whole seconds.
    ends = clock.now().replace(microsecond=0) + ACCESS_LASTS
    return AccessClaims(UserId("user000000000001"), FamilyId("family0000000001"), ends)


def test_what_was_signed_is_read_back(signer: Any, clock: FakeClock) -> None:
    given = claims(clock)
    token = signer.sign(given)
    for _ in range(2):
        assert signer.verify(token) == given


def test_a_token_ends(signer: Any, clock: FakeClock) -> None:
    token = signer.sign(claims(clock))
    clock.pass_(ACCESS_LASTS - timedelta(seconds=1))
    signer.verify(token)
    clock.pass_(timedelta(seconds=LEEWAY_SECONDS + 1))
    for _ in range(2):
        with pytest.raises(InvalidToken):
            signer.verify(token)


@pytest.mark.parametrize(
    "text", ["", ".", "..", "a.b.c", "e30.e30.", "ы" * 10, "x" * 1_000_000]
)
def test_what_is_no_token_is_refused(signer: Any, text: str) -> None:
    with pytest.raises(InvalidToken):
        signer.verify(text)


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, payload, _ = token.split(".")
    return tuple(
        json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        for part in (header, payload)
    )  # type: ignore[return-value]


def encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


@pytest.fixture
def resigned(
    jose: JoseAccessTokens, fake_storage: FakeStorage, clock: FakeClock
) -> Callable[..., str]:
    """Sign a changed token with the hub's own key."""

    def sign(header: dict[str, Any], payload: dict[str, Any]) -> str:
        old_header, old_payload = parts(jose.sign(claims(clock)))
        (key,) = fake_storage.rows.signing_keys.values()
        pem = SEAL.open(f"signing key {key.kid}", key.private_key)
        assert pem is not None
        new = {k: v for k, v in {**old_payload, **payload}.items() if v is not None}
        named = {k: v for k, v in {**old_header, **header}.items() if v is not None}
        return jwt.encode(named, new, RSAKey.import_key(pem), algorithms=["RS256", "PS256"])

    return sign


def test_a_token_signed_anew_is_a_token(
    jose: JoseAccessTokens, resigned: Callable[..., str], clock: FakeClock
) -> None:
    assert jose.verify(resigned({}, {})) == claims(clock)


@pytest.mark.parametrize(
    ("header", "payload"),
    [
        ({}, {"iss": "https://evil.example"}),
        ({}, {"iss": None}),
        ({}, {"aud": "another"}),
        ({}, {"aud": None}),
        ({}, {"exp": None}),
        ({}, {"exp": 0}),
        ({}, {"exp": "never"}),
        ({}, {"nbf": 4_000_000_000}),
        ({}, {"iat": None}),
        ({}, {"sub": None}),
        ({}, {"sub": 1}),
        ({}, {"sid": None}),
        ({}, {"sid": ["a"]}),
        # A token of another kind: an id token, a refresh token, whatever has no type.
        ({"typ": "JWT"}, {}),
        ({"typ": None}, {}),
        ({"kid": "unknown"}, {}),
        ({"kid": None}, {}),
        ({"alg": "PS256"}, {}),
    ],
)
def test_a_token_that_says_something_else_is_refused(
    jose: JoseAccessTokens,
    resigned: Callable[..., str],
    header: dict[str, Any],
    payload: dict[str, Any],
) -> None:
    with pytest.raises(InvalidToken):
        jose.verify(resigned(header, payload))


def test_a_changed_token_is_refused(jose: JoseAccessTokens, clock: FakeClock) -> None:
    token = jose.sign(claims(clock))
    header, payload, signature = token.split(".")
    other = encoded({**parts(token)[1], "sub": "user000000000002"})
    without = encoded({**parts(token)[0], "alg": "none"})
    for changed in (
        f"{header}.{other}.{signature}",
        f"{header}.{payload}.",
        f"{without}.{payload}.",
        f"{without}.{payload}.{signature}",
    ):
        with pytest.raises(InvalidToken):
            jose.verify(changed)


def test_a_token_keyed_with_the_public_key_is_refused(
    jose: JoseAccessTokens, fake_storage: FakeStorage, clock: FakeClock
) -> None:
    header, payload = parts(jose.sign(claims(clock)))
    (key,) = fake_storage.rows.signing_keys.values()
    public = RSAKey.import_key(dict(key.public_key)).as_pem(private=False)
    for secret in (public, public.strip(), json.dumps(key.public_key).encode()):
        # The library does not make such a token of a PEM itself.
        symmetric = OctKey.import_key(base64.urlsafe_b64encode(secret).decode())
        forged = jwt.encode({**header, "alg": "HS256"}, payload, symmetric)
        with pytest.raises(InvalidToken):
            jose.verify(forged)


def test_another_hubs_token_is_refused(
    jose: JoseAccessTokens, fake_storage: FakeStorage, clock: FakeClock, passing: Passing
) -> None:
    other = JoseAccessTokens(
        fake_storage.token_reader, SEAL, "https://other.example.org", clock, passing
    )
    with pytest.raises(InvalidToken):
        jose.verify(other.sign(claims(clock)))


def test_after_a_rotation_old_tokens_are_good_and_new_ones_have_the_new_key(
    jose: JoseAccessTokens, rotate: RotateSigningKey, clock: FakeClock, passing: Passing
) -> None:
    old = jose.sign(claims(clock))
    kid = rotate()
    passing.seconds += 61
    new = jose.sign(claims(clock))
    assert parts(old)[0]["kid"] != parts(new)[0]["kid"] == kid
    assert jose.verify(old) == jose.verify(new)


def test_a_key_that_another_process_made_is_looked_up_once(
    jose: JoseAccessTokens,
    rotate: RotateSigningKey,
    fake_storage: FakeStorage,
    clock: FakeClock,
    passing: Passing,
) -> None:
    jose.sign(claims(clock))
    rotate()
    other = JoseAccessTokens(fake_storage.token_reader, SEAL, ISSUER, clock, passing)
    token = other.sign(claims(clock))
    passing.seconds += 2
    assert jose.verify(token) == claims(clock)


def test_a_flood_of_unknown_keys_asks_the_database_now_and_then(
    fake_storage: FakeStorage, rotate: RotateSigningKey, clock: FakeClock, passing: Passing
) -> None:
    asked = 0

    class Counting:
        def public_keys(self) -> Any:
            nonlocal asked
            asked += 1
            return fake_storage.token_reader.public_keys()

        private_key = staticmethod(fake_storage.token_reader.private_key)

    jose = JoseAccessTokens(Counting(), SEAL, ISSUER, clock, passing)  # type: ignore[arg-type]
    header, payload = parts(jose.sign(claims(clock)))
    for number in range(100):
        forged = f"{encoded({**header, 'kid': str(number)})}.{encoded(payload)}.AAAA"
        with pytest.raises(InvalidToken):
            jose.verify(forged)
    assert asked == 1
    passing.seconds += 2
    with pytest.raises(InvalidToken):
        jose.verify(f"{encoded({**header, 'kid': 'x'})}.{encoded(payload)}.AAAA")
    assert asked == 2


def test_a_retired_key_signs_nothing_that_is_good_for_long(
    jose: JoseAccessTokens,
    resigned: Callable[..., str],
    rotate: RotateSigningKey,
    clock: FakeClock,
    passing: Passing,
) -> None:
    far = int((clock.now() + timedelta(days=365)).timestamp())
    stolen = resigned({}, {"exp": far})
    unseen = resigned({}, {"exp": far, "jti": "another"})
    jose.verify(stolen)
    rotate()
    clock.pass_(KEY_KEPT)
    passing.seconds += 61
    for token in (unseen, stolen):
        with pytest.raises(InvalidToken):
            jose.verify(token)


def test_without_its_secret_a_key_still_verifies_and_another_one_mends_the_rest(
    fake_storage: FakeStorage,
    jose: JoseAccessTokens,
    clock: FakeClock,
    passing: Passing,
    caplog: pytest.LogCaptureFixture,
) -> None:
    signed = jose.sign(claims(clock))
    seal = Seal(b"another")
    other = JoseAccessTokens(fake_storage.token_reader, seal, ISSUER, clock, passing)
    assert other.verify(signed) == claims(clock)
    with pytest.raises(Unavailable):
        other.sign(claims(clock))
    assert "videohub keys rotate" in caplog.text
    ids = FakeIds()
    ids.new()
    RotateSigningKey(fake_storage.uow(), RsaKeyMaker(seal, ids), clock)()
    passing.seconds += 61
    assert other.verify(other.sign(claims(clock))) == claims(clock)
    assert other.verify(signed) == claims(clock)


def test_the_published_key_is_public_and_whole(
    fake_storage: FakeStorage, rotate: RotateSigningKey
) -> None:
    (key,) = fake_storage.token_reader.public_keys()
    assert set(key.jwk) == {"kty", "n", "e", "kid", "use", "alg"}
    assert (key.jwk["alg"], key.jwk["use"]) == (ALGORITHM, "sig")
    assert TYPE == "at+jwt"

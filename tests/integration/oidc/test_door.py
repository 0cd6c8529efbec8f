"""The way out to the provider: certificates, proxies, crowds."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters.identity import door
from adapters.identity.oidc import OidcProvider
from tests.fakes.simple import FakeClock
from tests.integration.oidc.conftest import VERIFIER, finish, make_client
from tests.rogue_provider import RogueProvider, running_rogue
from tests.waiting import eventually
from videohub_core.identity.errors import ProviderUnavailable


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for this machine that nobody else vouches for, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.fixture
def over_tls(certificate: Path, clock: FakeClock) -> Iterator[RogueProvider]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with running_rogue(clock, context) as rogue:
        yield rogue


def test_a_certificate_has_to_be_vouched_for(
    over_tls: RogueProvider,
    clock: FakeClock,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = make_client(over_tls, plain=False)
    monkeypatch.setenv("NO_PROXY", "localhost")
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    with pytest.raises(ProviderUnavailable):
        OidcProvider(client, clock).begin(state="s", nonce="n", verifier=VERIFIER)
    assert over_tls.asked == []
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    assert finish(OidcProvider(client, clock), over_tls).identity.sub == "7"


def test_credentials_of_others_are_not_sent(
    rogue: RogueProvider,
    clock: FakeClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login operator password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    OidcProvider(make_client(rogue), clock).userinfo(access_token="opaque", sub="7")
    assert "Authorization" not in rogue.headers("/.well-known/openid-configuration")
    assert rogue.headers("/userinfo")["Authorization"] == "Bearer opaque"


def test_a_provider_that_hangs_holds_a_few_at_most(
    rogue: RogueProvider, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "_AT_ONCE", 2)
    monkeypatch.setattr(door, "_WAIT_SECONDS", 0.05)
    provider = OidcProvider(make_client(rogue), clock, seconds=5)
    provider.begin(state="s", nonce="n", verifier=VERIFIER)
    rogue.answers["/userinfo"] = lambda _handler: rogue.closing.wait(10)

    def ask() -> None:
        with pytest.raises(ProviderUnavailable):
            provider.userinfo(access_token="opaque", sub="7")

    waiting = [threading.Thread(target=ask) for _ in range(2)]
    for thread in waiting:
        thread.start()
    eventually(lambda: rogue.count("/userinfo") == 2)
    with pytest.raises(ProviderUnavailable):
        provider.userinfo(access_token="another", sub="7")
    assert rogue.count("/userinfo") == 2
    rogue.closing.set()
    for thread in waiting:
        thread.join(10)
        assert not thread.is_alive()

"""Mails in words, and through a real relay."""

from __future__ import annotations

import logging
import re
import smtplib
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from adapters.mail import catalogues
from adapters.mail.letters import LETTERS
from adapters.mail.log_mailer import LogMailer, NoMailer
from adapters.mail.mailer import open_mailer
from adapters.mail.smtp_mailer import SmtpMailer
from adapters.mail.smtp_relay import SmtpRelay
from adapters.mail.writing import LetterWriter
from tests.smtp import (
    PASSWORD,
    USER,
    Relay,
    link_of,
    make_certificate,
    running_relay,
    text_of,
)
from videohub_core.mail.entities import MailKind, Message
from videohub_core.mail.errors import MailDeferred, MailRefused
from videohub_core.shared.locales import LOCALES

HUB = "https://videos.example.org"
SENDER = "Video Hub <hub@example.org>"
TOKEN = "t" * 43
ANNA = "anna@example.test"
HOSTILE = "\r\nBcc: eve@example.test\r\n\r\n<script>alert(1)</script>\u2028&\x85{token}%s"


def make_message(kind: MailKind = MailKind.VERIFY_EMAIL, **fields: Any) -> Message:
    values = {"key": "job0000000000001", "kind": kind, "to": ANNA, "values": {"token": TOKEN}}
    return Message(**{**values, **fields})


@pytest.fixture(scope="module")
def writer() -> LetterWriter:
    return LetterWriter(HUB, SENDER)


@pytest.fixture
def relay() -> Iterator[Relay]:
    with running_relay() as relay:
        yield relay


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls") / "relay.pem")


def mailer(url: str) -> SmtpMailer:
    made = open_mailer(url, SENDER, HUB, development=False)
    assert isinstance(made, SmtpMailer)
    return made


# In words


@pytest.mark.parametrize("kind", MailKind)
@pytest.mark.parametrize("locale", [None, *LOCALES, "de"])
def test_every_mail_is_whole_in_both_languages(
    writer: LetterWriter, kind: MailKind, locale: str | None
) -> None:
    mail = writer.write(make_message(kind, locale=locale))
    read = message_from_bytes(bytes(mail), policy=policy.default)
    spoken = locale if locale in LOCALES else "en"
    assert (read["From"], read["To"]) == (SENDER, ANNA)
    assert read["Message-ID"] == "<job0000000000001@example.org>"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Content-Language"] == spoken
    assert read["Date"].datetime is not None
    assert read.get_content_type() == "multipart/alternative"
    for part in ("plain", "html"):
        text = text_of(read, part)
        assert bool(re.search("[а-яё]", text + read["Subject"])) == (spoken == "ru")
        assert "{" not in text
    assert f'<html lang="{spoken}">' in text_of(read, "html")
    link = link_of(read)
    assert link == LETTERS[kind].path.format(token=TOKEN)
    assert f'href="{HUB}{link}"' in text_of(read, "html")
    # Lines that any relay takes.
    assert max(map(len, bytes(mail).split(b"\r\n"))) <= 998
    assert bytes(mail).isascii()


@pytest.mark.parametrize("kind", MailKind)
def test_a_name_stays_a_name(writer: LetterWriter, kind: MailKind) -> None:
    values = {"token": TOKEN, "name": HOSTILE}
    mail = writer.write(make_message(kind, values=values))
    read = message_from_bytes(bytes(mail), policy=policy.default)
    assert read["Bcc"] is None
    assert [part.get_content_type() for part in read.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert "<script>" not in text_of(read, "html")
    assert "&lt;script&gt;" in text_of(read, "html")
    greeting = text_of(read).splitlines()[0]
    assert greeting == f"Hello, {' '.join(HOSTILE.split())}!"


@given(name=st.text(max_size=80))
def test_any_name_is_written(name: str) -> None:
    writer = LetterWriter(HUB, SENDER)
    values = {"token": TOKEN, "name": name}
    if any("\ud800" <= character <= "\udfff" for character in name):
        return
    mail = writer.write(make_message(values=values))
    plain = writer.write(make_message())
    read = message_from_bytes(bytes(mail), policy=policy.default)
    kept = [k for k, v in read.items() if k not in ("Date", "Content-Type")]
    assert kept == [k for k in plain if k not in ("Date", "Content-Type")]
    assert link_of(read).endswith(TOKEN)


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a@b\r\nBcc: c@d", "a@b, c@d", "a b@example.test", "<a@example.test>"],
)
def test_what_is_no_address_gets_no_mail(writer: LetterWriter, address: str) -> None:
    with pytest.raises(MailRefused):
        writer.write(make_message(to=address))


def test_a_mail_that_is_sent_again_is_the_same(writer: LetterWriter) -> None:
    first, again = (writer.write(make_message()) for _ in range(2))
    assert first["Message-ID"] == again["Message-ID"]


def messages_of_mails() -> set[str]:
    folder = catalogues.FOLDER.parent
    with (folder / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(folder, methods, options, {"N_": None})
    return {str(message) for _, _, message, _, _ in found if message}


def test_every_sentence_is_in_every_catalogue_and_in_russian() -> None:
    used = messages_of_mails()
    assert len(used) > 20
    with (catalogues.FOLDER / "mail.pot").open("rb") as file:
        assert {message.id for message in read_po(file) if message.id} == used
    for locale in LOCALES:
        with catalogues.catalogue_file(locale).open("rb") as file:
            catalogue = read_po(file, locale=locale)
        assert not catalogue.obsolete
        assert {message.id for message in catalogue if message.id} == used
        for message in catalogue:
            if message.id and locale == "ru":
                assert message.string
                assert not message.fuzzy
                assert places(message.string) == places(message.id)


def places(text: Any) -> list[str]:
    return sorted(str(name) for _, name, _, _ in Formatter().parse(str(text)) if name)


# In the log


def test_in_development_the_log_shows_the_mail(
    writer: LetterWriter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    made = open_mailer(None, SENDER, HUB, development=True)
    assert isinstance(made, LogMailer)
    made.send(make_message())
    (record,) = caplog.records
    said = record.getMessage()
    assert f"To: {ANNA}" in said
    assert f"{HUB}/verify-email?token={TOKEN}" in said


def test_without_a_relay_the_log_says_so_and_no_more(
    caplog: pytest.LogCaptureFixture,
) -> None:
    made = open_mailer(None, SENDER, HUB, development=False)
    assert isinstance(made, NoMailer)
    with pytest.raises(MailRefused):
        made.send(make_message())
    (record,) = caplog.records
    assert "VIDEOHUB_SMTP_URL" in record.getMessage()
    assert_silent(caplog)


def assert_silent(caplog: pytest.LogCaptureFixture) -> None:
    """Check that no line has an address, a secret or a password."""
    for record in caplog.records:
        if record.name == "mail.log":
            # The relay's own.
            continue
        said = record.getMessage() + str(record.exc_info) + str(record.args)
        for secret in (ANNA, "anna", TOKEN, PASSWORD):
            assert secret not in said


# Through a relay


def test_a_mail_arrives(relay: Relay, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    mailer(relay.url()).send(make_message(locale="ru"))
    (mail,), (envelope,) = relay.mails, relay.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("hub@example.org", [ANNA])
    assert mail["Subject"] == "Подтвердите адрес электронной почты"
    assert link_of(mail) == f"/verify-email?token={TOKEN}"
    assert relay.encrypted == [False]
    assert "job0000000000001 (verify_email)" in caplog.text
    assert_silent(caplog)


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"to_recipient": "451 4.7.1 <anna@example.test> is greylisted"}, MailDeferred),
        ({"to_recipient": "452 4.2.2 mailbox of anna is full"}, MailDeferred),
        ({"to_recipient": "550 5.1.1 there is no <anna@example.test>"}, MailRefused),
        ({"to_recipient": "553 anna is no name"}, MailRefused),
        ({"to_mail": "451 not now, anna"}, MailDeferred),
        ({"to_mail": "554 5.7.1 anna gets no spam"}, MailRefused),
        ({"to_sender": "450 4.1.8 not now"}, MailDeferred),
        # About the hub, which its operator can mend.
        ({"to_sender": "550 5.7.1 who are you"}, MailDeferred),
        ({"to_recipient": "421 4.3.2 anna waits: we close"}, MailDeferred),
    ],
)
def test_what_a_relay_says_is_later_or_never(
    relay: Relay,
    caplog: pytest.LogCaptureFixture,
    answers: dict[str, str],
    error: type[Exception],
) -> None:
    caplog.set_level(logging.DEBUG)
    ((name, said),) = answers.items()
    getattr(relay, name).append(said)
    sends = mailer(relay.url())
    with pytest.raises(error, match=said[:3]) as caught:
        sends.send(make_message())
    assert "anna" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert relay.mails == []
    assert said[:3] in caplog.text
    assert_silent(caplog)
    sends.send(make_message())
    assert len(relay.mails) == 1


def test_a_relay_that_is_away_is_later(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(MailDeferred, match="cannot be reached"):
        mailer(f"smtp://127.0.0.1:{port}").send(make_message())
    with pytest.raises(MailDeferred):
        mailer("smtp://relay.invalid").send(make_message())
    assert_silent(caplog)


def test_a_relay_that_says_nothing_is_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.mail.smtp_relay._ANSWER_SECONDS", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(MailDeferred, match="cannot be reached"):
            mailer(url).send(make_message())


def test_a_goodbye_that_fails_does_not_undo_the_mail(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_client: smtplib.SMTP) -> None:
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr(smtplib.SMTP, "quit", fail)
    mailer(relay.url()).send(make_message())
    assert len(relay.mails) == 1


# Encryption and passwords

CREDENTIALS = f"{USER}:p%40ss%2Fword@"


def test_encryption_that_is_offered_is_used_whoever_signed_it(certificate: Path) -> None:
    with running_relay(certificate) as relay:
        mailer(relay.url()).send(make_message())
        assert relay.encrypted == [True]


def test_encryption_that_is_required_needs_a_right_certificate(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_relay(certificate) as relay:
        strict = mailer(relay.url(query="?starttls=required"))
        with pytest.raises(MailDeferred, match="certificate"):
            strict.send(make_message())
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        strict.send(make_message())
        assert relay.encrypted == [True]


def test_encryption_that_is_required_and_not_offered_sends_nothing() -> None:
    with running_relay() as relay:
        with pytest.raises(MailDeferred):
            mailer(relay.url(query="?starttls=required")).send(make_message())
        assert relay.tried == 0


def test_smtps_is_encrypted_from_the_first_byte(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_relay(certificate, smtps=True) as relay:
        with pytest.raises(MailDeferred, match="certificate"):
            mailer(relay.url("smtps")).send(make_message())
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        mailer(relay.url("smtps")).send(make_message())
        assert len(relay.mails) == 1


def test_a_password_is_sent_to_who_asks_for_it(certificate: Path) -> None:
    with running_relay(certificate, auth=True) as relay:
        mailer(relay.url(credentials=CREDENTIALS)).send(make_message())
        assert len(relay.mails) == 1
        with pytest.raises(MailDeferred, match="535"):
            mailer(relay.url(credentials=f"{USER}:wrong@")).send(make_message())
        # Without one the relay refuses everything; that is ours to mend.
        with pytest.raises(MailDeferred, match="530"):
            mailer(relay.url()).send(make_message())


@pytest.mark.parametrize(
    ("url", "insists", "port"),
    [
        ("smtp://mail.example.org", False, 25),
        ("smtp://mail.example.org:587?starttls=required", True, 587),
        ("smtp://u:p@mail.example.org:587", True, 587),
        ("smtp://u:p@localhost", False, 25),
        ("smtp://u:p@127.0.0.1", False, 25),
        ("smtps://u:p@mail.example.org", True, 465),
    ],
)
def test_a_password_never_travels_unencrypted(url: str, insists: bool, port: int) -> None:
    relay = SmtpRelay.parse(url)
    assert (relay.insists, relay.port) == (insists, port)


@pytest.mark.parametrize(
    ("address", "smtputf8", "envelope"),
    [
        ("anna@пример.рф", True, "anna@xn--e1afmkfd.xn--p1ai"),
        ("anna@пример.рф", False, "anna@xn--e1afmkfd.xn--p1ai"),
        ("анна@example.test", True, "анна@example.test"),
        ("анна@example.test", False, None),
    ],
)
def test_addresses_beyond_ascii(address: str, smtputf8: bool, envelope: str | None) -> None:
    with running_relay(smtputf8=smtputf8) as relay:
        if envelope is None:
            with pytest.raises(MailRefused, match="beyond ASCII"):
                mailer(relay.url()).send(make_message(to=address))
            return
        mailer(relay.url()).send(make_message(to=address))
        assert relay.envelopes[0].rcpt_tos == [envelope]

"""A real relay on loopback that keeps what it takes, and refuses what it is told to."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.waiting import eventually

USER, PASSWORD = "hub", "p@ss/word"


class Relay:
    """What arrived, and how the next mails are answered."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[Any] = []
        self.encrypted: list[bool] = []
        self.to_recipient: deque[str] = deque()
        """Answers to RCPT TO; accepted when there are none left."""
        self.to_sender: deque[str] = deque()
        self.to_mail: deque[str] = deque()
        """Answers to DATA; a mail that is refused is not kept."""
        self.port = 0
        self.tried = 0

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.to_sender:
            return self.to_sender.popleft()
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self.tried += 1
        if self.to_recipient:
            return self.to_recipient.popleft()
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, session: Any, envelope: Any
    ) -> str:
        if self.to_mail:
            return self.to_mail.popleft()
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.envelopes.append(envelope)
        self.encrypted.append(session.ssl is not None)
        return "250 OK"

    def url(self, scheme: str = "smtp", credentials: str = "", query: str = "") -> str:
        return f"{scheme}://{credentials}localhost:{self.port}{query}"

    def wait(self, to: str, subject: str = "", count: int = 1) -> EmailMessage:
        """Return the newest mail to an address, once there are as many."""

        def find() -> EmailMessage | None:
            found = [m for m in self.mails if m["To"] == to and subject in m["Subject"]]
            return found[-1] if len(found) >= count else None

        mail = eventually(find, 30)
        assert mail is not None
        return mail


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    """Return what a mail says, as text or as HTML."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def link_of(mail: EmailMessage) -> str:
    """Return the path and query of the first link in a mail's text."""
    (link, *_) = [line for line in text_of(mail).splitlines() if line.startswith("http")]
    return "/" + link.split("/", 3)[3]


def token_of(mail: EmailMessage) -> str:
    return link_of(mail).partition("token=")[2]


@contextmanager
def running_relay(
    certificate: Path | None = None,
    *,
    smtps: bool = False,
    starttls: bool = True,
    auth: bool = False,
    smtputf8: bool = True,
) -> Iterator[Relay]:
    """Lend a relay on a free port of loopback."""
    relay, context = Relay(), None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    options: dict[str, Any] = {"enable_SMTPUTF8": smtputf8}
    if context is not None and starttls and not smtps:
        options["tls_context"] = context
    if auth:
        options |= {
            "authenticator": _check,
            "auth_required": True,
            "auth_require_tls": context is not None,
        }
    loop = asyncio.new_event_loop()

    def connect() -> SMTP:
        return SMTP(relay, hostname="relay.test", loop=loop, **options)

    server = loop.run_until_complete(
        loop.create_server(connect, "127.0.0.1", 0, ssl=context if smtps else None)
    )
    relay.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, name="relay")
    thread.start()
    try:
        yield relay
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.run_until_complete(_end_of(asyncio.all_tasks(loop)))
        loop.close()


async def _end_of(tasks: set[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, sent: Any) -> Any:
    right = LoginPassword(USER.encode(), PASSWORD.encode())
    success = isinstance(sent, LoginPassword) and sent == right
    return AuthResult(success=success, handled=success)


def make_certificate(path: Path) -> Path:
    """Write a key and a certificate for this machine that it has signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names: list[x509.GeneralName] = [x509.DNSName("localhost")]
    names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path

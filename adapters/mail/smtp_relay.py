"""The relay that takes the hub's mails, and how it is reached."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Self
from urllib.parse import unquote, urlsplit

_ANSWER_SECONDS = 30
_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True)
class SmtpRelay:
    """`smtp://user:password@host:port?starttls=required`, or `smtps://…`."""

    host: str
    port: int
    user: str | None
    password: str | None
    encrypted: bool
    """From the first byte on, which is smtps."""
    insists: bool
    """Whether nothing is sent without encryption and a certificate that is right."""

    @classmethod
    def parse(cls, url: str) -> Self:
        """Return the relay of a URL that the settings took."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        # A password never travels unencrypted, save within this machine.
        insists = parts.query == "starttls=required" or (
            bool(parts.password) and not _is_own(host)
        )
        return cls(
            host=host,
            port=parts.port or _PORTS[parts.scheme],
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            encrypted=parts.scheme == "smtps",
            insists=insists or parts.scheme == "smtps",
        )

    @contextmanager
    def connected(self) -> Iterator[smtplib.SMTP]:
        """Lend a connection that is ready for a mail, encrypted where it can be.

        Raise what smtplib, ssl and the system raise.
        """
        with self._open() as client:
            client.ehlo_or_helo_if_needed()
            if not self.encrypted and (self.insists or client.has_extn("starttls")):
                client.starttls(context=self._context())
                client.ehlo()
            if self.user is not None and self.password is not None:
                client.login(self.user, self.password)
            yield client

    @contextmanager
    def _open(self) -> Iterator[smtplib.SMTP]:
        if self.encrypted:
            client: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=_ANSWER_SECONDS, context=self._context()
            )
        else:
            client = smtplib.SMTP(self.host, self.port, timeout=_ANSWER_SECONDS)
        try:
            yield client
        finally:
            # A mail that was taken stays taken, whatever becomes of the goodbye.
            with suppress(smtplib.SMTPException, OSError):
                client.quit()
            client.close()

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if not self.insists:
            # Encryption that is merely offered keeps nobody out who could as well not
            # offer it (RFC 7435), and relays in a closed network sign their own.
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def _is_own(host: str) -> bool:
    """Tell whether a host is this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False

"""A message as an e-mail: text and HTML in the reader's language (RFC 5322, RFC 2045).

No header holds what a member wrote: the subject is ours, and the address is one that was
checked. So nothing can be put into the headers from outside.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from adapters.mail.catalogues import spoken, translations
from adapters.mail.letters import GREETING, GREETING_BY_NAME, LETTERS, RESET_PATH
from videohub_core.mail.entities import Message
from videohub_core.mail.errors import MailRefused

_TEMPLATES = Path(__file__).parent / "templates"


class LetterWriter:
    """Writes e-mails from the hub at `public_url`, sent by `sender`."""

    def __init__(self, public_url: str, sender: str) -> None:
        self._public_url = public_url
        self._sender = _address(sender)
        self._domain = self._sender.domain or str(urlsplit(public_url).hostname)
        self._text = _environment(escape=False)
        self._html = _environment(escape=True)

    def write(self, message: Message) -> EmailMessage:
        """Return the e-mail; raise MailRefused for an address that no mail can go to."""
        locale = spoken(message.locale)
        values = self._values(message, locale)
        mail = EmailMessage(policy=SMTP)
        mail["From"] = self._sender
        mail["To"] = _recipient(message.to)
        mail["Subject"] = values["subject"]
        mail["Date"] = datetime.now(UTC)
        # What is sent again is the same: whoever receives both can tell.
        mail["Message-ID"] = f"<{message.key}@{self._domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        text = self._text.get_template("letter.txt.jinja2").render(values)
        html = self._html.get_template("letter.html.jinja2").render(values)
        # Not every relay takes bytes beyond ASCII.
        mail.set_content(text, cte="quoted-printable")
        mail.add_alternative(html, subtype="html", cte="quoted-printable")
        mail["Content-Language"] = locale
        return mail

    def _values(self, message: Message, locale: str) -> dict[str, Any]:
        letter = LETTERS[message.kind]
        words = translations(locale).gettext
        name = message.values.get("name")
        places = {"reset": f"{self._public_url}{RESET_PATH}"}
        greeting = words(GREETING_BY_NAME if name else GREETING)
        return {
            "locale": locale,
            "hub": self._public_url,
            "subject": words(letter.subject),
            # A name may hold what ends a line for some readers.
            "greeting": greeting.replace("{name}", " ".join((name or "").split())),
            "before": [words(sentence) for sentence in letter.before],
            "after": [words(sentence).format(**places) for sentence in letter.after],
            "button": words(letter.button),
            "link": self._public_url + letter.path.format(**message.values),
        }


def _environment(*, escape: bool) -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        # One of the two is for plain text, which has nothing to escape.
        autoescape=escape,  # nosec B701
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


def _address(text: str) -> Address:
    """Return an address such as `hub@example.org` or `Video Hub <hub@example.org>`."""
    header = EmailMessage(policy=SMTP)
    header["From"] = text
    found: Address = header["From"].addresses[0]
    return found


def _recipient(address: str) -> Address:
    try:
        known = validate_email(
            address,
            check_deliverability=False,
            test_environment=True,
            globally_deliverable=False,
        )
    except (EmailNotValidError, UnicodeError):
        raise MailRefused("The address is none.") from None
    return Address(username=known.local_part, domain=known.ascii_domain or "")

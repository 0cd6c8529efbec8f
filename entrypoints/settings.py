"""The hub's settings: `development.ini` or `production.ini`, and `VIDEOHUB_*` over both.

Each setting has one name: `listen` is `videohub.listen` in the file's `[app:main]` and
`VIDEOHUB_LISTEN` in the environment. Everything that is missing or wrong is named at
once, before anything starts.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from configparser import ConfigParser
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from entrypoints import provider_settings, storage_settings
from entrypoints.storage_settings import BucketSettings
from videohub_core.invitations.entities import Registration
from videohub_core.shared.rate_limit import Rate

PREFIX = "videohub."

_RATE = r"([a-z_]+)=([1-9]\d{0,8})/([1-9]\d{0,3})?(second|minute|hour)s?"

RATE_LIMITS: Mapping[str, Rate] = {
    "read": Rate(1200, 60),
    "write": Rate(240, 60),
    "comment": Rate(10, 60),
    # A school behind one address watches together.
    "heartbeat": Rate(1200, 60),
    "chat": Rate(20, 2),
    "sign_in": Rate(10, 60),
    "sign_in_account": Rate(30, 600),
    "sign_in_address": Rate(600, 3600),
    "sign_in_known": Rate(10, 60),
    "register": Rate(300, 3600),
    "mail": Rate(5, 3600),
    "mail_request": Rate(60, 3600),
}
"""What a caller may do, unless the setting `rate_limits` says otherwise."""


class WrongSettings(Exception):
    """Names every setting that is missing or wrong, one a line."""


@dataclass(frozen=True)
class Listen:
    """An address to listen on."""

    host: str
    port: int


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the operator decided, checked."""

    listen: Listen
    data_dir: Path
    public_url: str
    database_url: str
    redis_url: str | None
    s3_url: BucketSettings | None
    s3_link_seconds: int
    secret_file: Path
    allowed_hosts: tuple[str, ...]
    trusted_proxies: tuple[str, ...]
    accel_redirect: str
    cors_origins: tuple[str, ...]
    worker: str
    development: bool
    migrate_on_start: bool
    upload_size_most: int
    keep_originals: bool
    quota: int
    video_hours_most: int
    connections_most: int
    smtp_url: str | None
    mail_from: str
    email_verification: bool
    registration: Registration
    phone_region: str
    rate_limits: Mapping[str, Rate]
    oidc_issuer: str | None
    oidc_client_id: str | None
    oidc_client_secret: str | None = field(repr=False)
    oidc_audience: str | None
    oidc_name: str
    oidc_scopes: tuple[str, ...]
    oidc_preset: str
    oidc_federated_logout: bool
    source: Path | None
    """The file that was read, for child processes to read again."""

    @property
    def sends_mail(self) -> bool:
        """Whether mails get anywhere; in development that is the log."""
        return self.smtp_url is not None or self.development

    @property
    def video_seconds_most(self) -> int:
        return self.video_hours_most * 3600

    @property
    def public_host(self) -> str:
        """What a request to the public URL names as its host."""
        return urlsplit(self.public_url).netloc

    @property
    def provider_name(self) -> str | None:
        """What the identity provider is called on buttons; None if there is none."""
        return self.oidc_name if self.oidc_issuer else None

    @property
    def links_origin(self) -> str | None:
        """The origin of links into the bucket; None if there are none."""
        return self.s3_url.origin if self.s3_url and self.s3_link_seconds else None

    @property
    def behind_tls(self) -> bool:
        return self.public_url.startswith("https://")


def read_settings(
    ini: Path, environ: Mapping[str, str] | None = None, app: str = "main"
) -> Settings:
    """Return the settings of a file's `[app:…]` section and the environment."""
    parser = ConfigParser(defaults={"here": str(ini.resolve().parent)}, interpolation=None)
    if not parser.read(ini, encoding="utf-8"):
        raise WrongSettings(f"There is no settings file {ini}.")
    section = f"app:{app}"
    values = dict(parser[section]) if parser.has_section(section) else {}
    here = str(ini.resolve().parent)
    values = {name: value.replace("%(here)s", here) for name, value in values.items()}
    return make_settings(values, environ, source=ini.resolve())


def make_settings(
    values: Mapping[str, str],
    environ: Mapping[str, str] | None = None,
    *,
    source: Path | None = None,
) -> Settings:
    """Return the settings, or raise WrongSettings naming all that is wrong."""
    reader = _Reader(values, os.environ if environ is None else environ)
    data_dir = reader.get("data_dir", _path)
    settings = {
        "data_dir": data_dir,
        "listen": reader.get("listen", _listen, "127.0.0.1:6543"),
        "database_url": reader.get(
            "database_url", _database_url, f"sqlite:///{data_dir}/videohub.sqlite3"
        ),
        "redis_url": reader.get("redis_url", _redis_url, ""),
        "s3_url": reader.get("s3_url", storage_settings.bucket, ""),
        "s3_link_seconds": reader.get("s3_link_seconds", storage_settings.link_seconds, "5"),
        "secret_file": reader.get("secret_file", _path, f"{data_dir}/secret"),
        "allowed_hosts": reader.get("allowed_hosts", _words, ""),
        "trusted_proxies": reader.get("trusted_proxies", _words, ""),
        "accel_redirect": reader.get("accel_redirect", _address_prefix, ""),
        "cors_origins": reader.get("cors_origins", _words, ""),
        "worker": reader.get("worker", _worker, "embedded"),
        "development": reader.get("development", _yes_or_no, "no"),
        "migrate_on_start": reader.get("migrate_on_start", _yes_or_no, "no"),
        "upload_size_most": reader.get("upload_size_most", _bytes, "10G"),
        "keep_originals": reader.get("keep_originals", _yes_or_no, "yes"),
        "quota": reader.get("quota", _bytes, "100G"),
        "video_hours_most": reader.get("video_hours_most", _positive, "12"),
        "connections_most": reader.get("connections_most", _positive, "10000"),
        "smtp_url": reader.get("smtp_url", _smtp_url, ""),
        "email_verification": reader.get("email_verification", _yes_or_no, "no"),
        "registration": reader.get("registration", _registration, "open"),
        "phone_region": reader.get("phone_region", _region, "RU"),
        "rate_limits": reader.get("rate_limits", _rates, ""),
        "oidc_issuer": reader.get("oidc_issuer", provider_settings.issuer, ""),
        "oidc_client_id": reader.get("oidc_client_id", _text, ""),
        "oidc_client_secret": reader.get("oidc_client_secret", _text, ""),
        "oidc_audience": reader.get("oidc_audience", _text, ""),
        "oidc_scopes": reader.get(
            "oidc_scopes", provider_settings.scopes, "openid profile email"
        ),
        "oidc_federated_logout": reader.get("oidc_federated_logout", _yes_or_no, "no"),
    }
    preset = provider_settings.preset_of(settings["oidc_issuer"])
    settings["oidc_preset"] = reader.get("oidc_preset", provider_settings.preset, preset)
    name = provider_settings.name_of(settings["oidc_issuer"], settings["oidc_preset"])
    settings["oidc_name"] = reader.get("oidc_name", str, name)
    listen = settings["listen"]
    default_url = f"http://localhost:{listen.port}" if isinstance(listen, Listen) else None
    settings["public_url"] = reader.get("public_url", _url, default_url)
    host = urlsplit(settings["public_url"] or "").hostname or "localhost"
    settings["mail_from"] = reader.get("mail_from", _mail_from, f"Video Hub <noreply@{host}>")
    if settings["email_verification"] and not (settings["smtp_url"] or settings["development"]):
        reader.problems.append(
            "VIDEOHUB_EMAIL_VERIFICATION needs VIDEOHUB_SMTP_URL, or nobody can sign in."
        )
    reader.refuse_unknown()
    if not any("OIDC_ISSUER" in problem for problem in reader.problems):
        reader.problems += provider_settings.contradictions(settings)
    if reader.problems:
        raise WrongSettings("\n".join(reader.problems))
    return Settings(**settings, source=source)


class _Reader:
    def __init__(self, values: Mapping[str, str], environ: Mapping[str, str]) -> None:
        self._values = values
        self._environ = environ
        self._known: set[str] = set()
        self.problems: list[str] = []

    def get(self, name: str, parse: Callable[[str], Any], default: str | None = None) -> Any:
        self._known.add(name)
        variable = f"VIDEOHUB_{name.upper()}"
        text = self._environ.get(variable) or self._values.get(PREFIX + name) or default
        if text is None:
            self.problems.append(f"{variable} (or {PREFIX}{name} in the file) is missing.")
            return None
        try:
            return parse(text.strip())
        except ValueError as problem:
            self.problems.append(f"{variable} (or {PREFIX}{name} in the file): {problem}")
            return None

    def refuse_unknown(self) -> None:
        for key in self._values:
            if key.startswith(PREFIX) and key.removeprefix(PREFIX) not in self._known:
                self.problems.append(f"{key} in the file is not a setting of this release.")


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())


def _listen(text: str) -> Listen:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65_535:  # noqa: PLR2004
        raise ValueError(f"{text!r} is not host:port.")
    return Listen(host.strip("[]"), int(port))


def _text(text: str) -> str | None:
    return text or None


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise ValueError(f"{text!r} is not a URL such as https://videos.example.org.")
    if parts.path.strip("/"):
        raise ValueError(f"{text!r} has a path; the hub needs a host of its own.")
    return f"{parts.scheme}://{parts.netloc}"


def _database_url(text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError(
            "a URL that starts with sqlite:/// or postgresql+psycopg:// is needed."
        )
    try:
        named = urlsplit(text).port
    except ValueError:
        raise ValueError("the port of the database is no number up to 65535.") from None
    if named is None and text in ("sqlite:///", "postgresql+psycopg://"):
        raise ValueError("the URL names no database.")
    return text


def _redis_url(text: str) -> str | None:
    if text and not text.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("a URL that starts with redis://, rediss:// or unix:// is needed.")
    return text or None


def _rates(text: str) -> Mapping[str, Rate]:
    rates = dict(RATE_LIMITS)
    for word in _words(text):
        match = re.fullmatch(_RATE, word)
        if match is None or match[1] not in rates:
            raise ValueError(f"{word!r} is not such as sign_in=10/minute or mail=9/2hours.")
        unit = {"second": 1, "minute": 60, "hour": 3600}[match[4]]
        rates[match[1]] = Rate(int(match[2]), int(match[3] or 1) * unit)
    return rates


def _smtp_url(text: str) -> str | None:
    if text and not text.startswith(("smtp://", "smtps://")):
        raise ValueError("a URL that starts with smtp:// or smtps:// is needed.")
    parts = urlsplit(text)
    try:
        _ = parts.port
    except ValueError:
        raise ValueError("the port of the relay is no number up to 65535.") from None
    if text and not parts.hostname:
        raise ValueError("the URL names no relay.")
    if parts.query not in ("", "starttls=offered", "starttls=required") or parts.path:
        raise ValueError("after the relay comes nothing, or ?starttls=required.")
    if bool(parts.username) != bool(parts.password):
        raise ValueError("a user needs a password, and a password a user.")
    return text or None


def _mail_from(text: str) -> str:
    address = text.rpartition("<")[2].removesuffix(">") if text.endswith(">") else text
    if not re.fullmatch(r"[^@\s<>\"]+@[^@\s<>\"]+", address) or not text.isprintable():
        raise ValueError(f"{text!r} is not such as Video Hub <hub@example.org>.")
    return text


def _registration(text: str) -> Registration:
    try:
        return Registration(text.lower())
    except ValueError:
        known = ", ".join(mode.value for mode in Registration)
        raise ValueError(f"{text!r} is none of {known}.") from None


def _region(text: str) -> str:
    if not re.fullmatch("[A-Za-z]{2}", text):
        raise ValueError(f"{text!r} is no country such as RU or KZ.")
    return text.upper()


def _worker(text: str) -> str:
    if text not in ("embedded", "external"):
        raise ValueError(f"{text!r} is neither embedded nor external.")
    return text


def _address_prefix(text: str) -> str:
    if text and not re.fullmatch(r"(/[A-Za-z0-9_.-]+)+", text):
        raise ValueError(f"{text!r} is not the beginning of an address, such as /_stored.")
    return text


def _yes_or_no(text: str) -> bool:
    if text.lower() in ("yes", "true", "on", "1"):
        return True
    if text.lower() in ("no", "false", "off", "0"):
        return False
    raise ValueError(f"{text!r} is neither yes nor no.")


def _positive(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise ValueError(f"{text!r} is not a positive whole number.")
    return int(text)


def _bytes(text: str) -> int:
    units = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
    unit = text[-1:].upper() if text[-1:].upper() in units else ""
    number = text[: len(text) - len(unit)]
    if not number.isdigit() or not int(number):
        raise ValueError(f"{text!r} is not a size such as 500M or 10G.")
    return int(number) * units[unit]

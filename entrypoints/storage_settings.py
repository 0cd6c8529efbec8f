"""What settings say of the bucket that videos are kept in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

LINK_SECONDS_MOST = 7 * 24 * 3600
"""What signatures of version 4 allow."""

_BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_PREFIX = r"([\w.-]+(/[\w.-]+)*)?"
_OPTIONS = {"region", "scheme", "style", "links"}


@dataclass(frozen=True, kw_only=True)
class BucketSettings:
    """A bucket by its address, taken apart."""

    endpoint: str
    bucket: str
    prefix: str
    region: str
    access_key: str | None
    secret_key: str | None = field(repr=False)
    in_path: bool
    links: str | None

    @property
    def shown(self) -> str:
        """The bucket as a person may read it."""
        return "/".join(filter(None, (self.endpoint, self.bucket, self.prefix)))

    @property
    def origin(self) -> str:
        """The origin that links into the bucket have."""
        endpoint = self.links or self.endpoint
        if self.in_path:
            return endpoint
        scheme, _, host = endpoint.partition("://")
        return f"{scheme}://{self.bucket}.{host}"


def bucket(text: str) -> BucketSettings | None:
    """Return what `s3://[KEY:SECRET@]HOST[:PORT]/BUCKET[/PREFIX][?options]` says.

    What is wrong is told without the address, since a secret may be part of it.
    """
    if not text:
        return None
    parts = urlsplit(text)
    if parts.scheme != "s3" or not parts.hostname or parts.fragment:
        raise ValueError("it is not such as s3://KEY:SECRET@host:9000/bucket?region=…")
    try:
        port = parts.port
    except ValueError:
        raise ValueError("the port of the store is no number up to 65535.") from None
    if bool(parts.username) != bool(parts.password):
        raise ValueError("a key needs a secret, and a secret a key.")
    name, _, prefix = parts.path.strip("/").partition("/")
    if not re.fullmatch(_BUCKET, name):
        raise ValueError("after the store comes the name of a bucket.")
    if not re.fullmatch(_PREFIX, prefix) or ".." in prefix:
        raise ValueError("after the bucket come folders, of letters, digits, _, . and -.")
    options = _options(parts.query)
    amazon = parts.hostname.endswith((".amazonaws.com", ".amazonaws.com.cn"))
    # The certificates of Amazon's hosts are for one name before theirs.
    style = options.get("style", "host" if amazon and "." not in name else "path")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return BucketSettings(
        endpoint=f"{options.get('scheme', 'https')}://{host}{f':{port}' if port else ''}",
        bucket=name,
        prefix=prefix,
        region=options.get("region") or _region_of(parts.hostname),
        access_key=unquote(parts.username) if parts.username else None,
        secret_key=unquote(parts.password) if parts.password else None,
        in_path=style == "path",
        links=options.get("links"),
    )


def link_seconds(text: str) -> int:
    if not text.isdigit() or int(text) > LINK_SECONDS_MOST:
        raise ValueError(f"{text!r} is no number of seconds up to {LINK_SECONDS_MOST}.")
    return int(text)


def _options(query: str) -> dict[str, str]:
    options = {name: values[-1] for name, values in parse_qs(query).items()}
    if unknown := options.keys() - _OPTIONS:
        raise ValueError(f"it knows no option {min(unknown)!r}.")
    if options.get("scheme") not in (None, "http", "https"):
        raise ValueError("the scheme is http or https.")
    if options.get("style") not in (None, "path", "host"):
        raise ValueError("the style is path or host.")
    if not re.fullmatch(r"[\w-]*", options.get("region", "")):
        raise ValueError("the region is a word such as eu-central-1.")
    links = options.get("links")
    if links is not None and not re.fullmatch(r"https?://[\w.-]+(:\d+)?", links):
        raise ValueError("links is an origin such as https://files.example.org.")
    return options


def _region_of(host: str) -> str:
    found = re.fullmatch(r"s3[.-]([a-z]+-[a-z-]+-\d+)\.amazonaws\.com(\.cn)?", host)
    return found[1] if found else "us-east-1"

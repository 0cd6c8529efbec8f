"""Settings that are right each by itself and wrong together."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from entrypoints.cli.findings import Finding
from entrypoints.settings import Settings

_HTTP_PORT = 80


def of_settings(settings: Settings) -> Iterator[Finding]:
    """Yield what contradicts each other, or that nothing does."""
    found = list(_contradictions(settings))
    if not found:
        yield Finding("settings", "they agree with each other", well=True, advice="")
    yield from found


def _contradictions(settings: Settings) -> Iterator[Finding]:
    url = urlsplit(settings.public_url)
    at_home = _is_own(str(url.hostname))
    if at_home and not settings.development:
        yield _wrong(
            f"people are told to come to {settings.public_url}, which only this machine can",
            "Set VIDEOHUB_PUBLIC_URL to the address that people use.",
        )
    if settings.behind_tls and not settings.trusted_proxies:
        yield _wrong(
            "TLS ends before the hub, and no proxy is trusted: all visitors look like one",
            "Set VIDEOHUB_TRUSTED_PROXIES to the proxy's address.",
        )
    if settings.behind_tls and settings.development:
        yield _wrong(
            "development = yes on a public address: it trusts private addresses and networks",
            "Set VIDEOHUB_DEVELOPMENT=no.",
        )
    if not (settings.behind_tls or at_home or settings.development):
        yield _odd(
            "the public URL is not https: passwords travel unencrypted",
            "Put a proxy that ends TLS in front, and set VIDEOHUB_PUBLIC_URL to https://…",
        )
    if not (at_home or settings.trusted_proxies) and _is_own(settings.listen.host):
        yield _odd(
            f"people come to {settings.public_url}, and the hub listens to this machine only",
            "Set VIDEOHUB_LISTEN=0.0.0.0:PORT, or VIDEOHUB_TRUSTED_PROXIES to the proxy here.",
        )
    if at_home and (url.port or _HTTP_PORT) != settings.listen.port:
        yield _odd(
            f"people come to {settings.public_url}, and the hub listens on"
            f" {settings.listen.port}",
            "Let the ports of VIDEOHUB_PUBLIC_URL and VIDEOHUB_LISTEN be the same.",
        )
    if settings.behind_tls and (settings.links_origin or "").startswith("http://"):
        yield _wrong(
            "links into the bucket are not https, and browsers follow none from https pages",
            "Let VIDEOHUB_S3_URL name an https origin, or one for links; or set"
            " VIDEOHUB_S3_LINK_SECONDS=0.",
        )
    if settings.quota < settings.upload_size_most:
        yield _odd(
            "one file may be larger than all that a member may keep",
            "Let VIDEOHUB_UPLOAD_SIZE_MOST be no more than VIDEOHUB_QUOTA.",
        )


def _wrong(what: str, advice: str) -> Finding:
    return Finding("settings", what, well=False, advice=advice)


def _odd(what: str, advice: str) -> Finding:
    return Finding("settings", what, well=False, advice=advice, needed=False)


def _is_own(host: str) -> bool:
    """Tell whether a host is this machine, seen from itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

"""What browsers call themselves, in the words that their owners use."""

from __future__ import annotations

CLIENT_MOST = 80

# The first that fits counts: most browsers claim to be several of those below them.
_BROWSERS = {
    "Edg": "Edge",
    "YaBrowser/": "Yandex Browser",
    "OPR/": "Opera",
    "Vivaldi/": "Vivaldi",
    "SamsungBrowser/": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Macintosh": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def client_name(client: str) -> str:
    """Return browser and system of a User-Agent; the beginning of what is no browser's."""
    known = [
        next((name for sign, name in signs.items() if sign in client), None)
        for signs in (_BROWSERS, _SYSTEMS)
    ]
    found = [name for name in known if name]
    if client.startswith("Mozilla/") and found:
        return " · ".join(found)
    return client if len(client) <= CLIENT_MOST else client[: CLIENT_MOST - 1] + "…"

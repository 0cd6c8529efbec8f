"""How dates, durations, sizes and names are written."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta

from babel.dates import format_date, format_timedelta
from babel.numbers import format_compact_decimal, format_decimal
from babel.units import format_unit
from jinja2 import pass_context
from jinja2.runtime import Context

from entrypoints.edge.language_names import language_name
from entrypoints.edge.links import tag_path

HUES = 8
_DAY = 24 * 3600
_AGES = (365 * _DAY, 30 * _DAY, 7 * _DAY, _DAY, 3600, 60)
_FEW = 10
_UNITS = (
    (10**9, "digital-gigabyte"),
    (10**6, "digital-megabyte"),
    (10**3, "digital-kilobyte"),
    (1, "digital-byte"),
)


def duration(seconds: float) -> str:
    """Return a duration as m:ss, from an hour on as h:mm:ss."""
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def iso(at: datetime) -> str:
    """Return a time for the `datetime` attribute."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@pass_context
def day(context: Context, at: datetime) -> str:
    """Return the day in UTC in the words of the page's language."""
    return format_date(at.astimezone(UTC), format="long", locale=context["locale"])


@pass_context
def age(context: Context, at: datetime) -> str:
    """Return how long ago a time is."""
    passed = int((datetime.now(UTC) - at).total_seconds())
    length = next((length for length in _AGES if passed >= length), None)
    if length is None:
        return str(context["request"].translations.gettext("just now"))
    # Whole units, rounded down, as the script does it that keeps ages up to date.
    whole = timedelta(seconds=passed // length * length)
    return format_timedelta(-whole, add_direction=True, threshold=1, locale=context["locale"])


@pass_context
def short_number(context: Context, count: int) -> str:
    """Return a number in few characters, in thousands or millions where it is large."""
    # One digit before the point leaves room for one after it.
    digits = 1 if len(str(count)) % 3 == 1 else 0
    return format_compact_decimal(count, fraction_digits=digits, locale=context["locale"])


@pass_context
def size(context: Context, count: int) -> str:
    """Return a number of bytes in the unit that suits it."""
    scale, unit = next((known for known in _UNITS if count >= known[0]), _UNITS[-1])
    value = count / scale
    pattern = "#,##0.0" if value < _FEW and scale > 1 else "#,##0"
    return format_unit(value, unit, length="short", format=pattern, locale=context["locale"])


@pass_context
def number(context: Context, count: int) -> str:
    """Return a whole number as the page's language groups its digits."""
    return format_decimal(count, locale=context["locale"])


def initials(name: str) -> str:
    """Return the first letters of the first two words, for an avatar without a picture."""
    letters = [next(filter(str.isalnum, word), "") for word in name.split()]
    return "".join(letter for letter in letters if letter)[:2].upper() or "?"


def hue(key: str) -> int:
    """Return which of the calm colours stands in for a picture; always the same for a key."""
    return zlib.crc32(key.encode()) % HUES


FILTERS = {
    "age": age,
    "day": day,
    "duration": duration,
    "hue": hue,
    "initials": initials,
    "iso": iso,
    "language_name": language_name,
    "number": number,
    "short_number": short_number,
    "size": size,
    "tag_path": tag_path,
}

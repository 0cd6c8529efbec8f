"""The languages that the hub speaks."""

from __future__ import annotations

LOCALES = ("en", "ru")

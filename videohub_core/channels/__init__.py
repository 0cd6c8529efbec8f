"""Channels: where a user's videos appear."""

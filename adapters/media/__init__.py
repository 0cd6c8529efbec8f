"""Bytes of videos: where they are kept, and where untrusted ones are opened."""

"""Rooms to talk in, as a REST API; `entrypoints/chat` has them live."""

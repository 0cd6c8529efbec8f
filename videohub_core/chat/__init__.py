"""Rooms to talk in: of two, of a group, beside a video."""

"""Hints at jobs, carried by Huey."""

"""Liking videos."""

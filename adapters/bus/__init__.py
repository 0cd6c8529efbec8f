"""Hints between the hub's processes."""

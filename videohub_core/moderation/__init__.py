"""Keeping order: what was done by whom, for those who look after the hub."""

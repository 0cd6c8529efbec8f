"""Counters: numbers that can be told from other rows, and are kept for speed."""

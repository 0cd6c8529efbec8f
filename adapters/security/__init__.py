"""Passwords, identifiers and secrets, e-mail syntax."""

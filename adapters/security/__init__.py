"""Passwords, identifiers, secrets and seals, e-mail syntax."""

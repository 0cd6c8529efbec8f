"""Credentials of programs: access and refresh tokens, personal tokens, signing keys."""

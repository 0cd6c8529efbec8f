"""Signing in through an identity provider (OpenID Connect)."""

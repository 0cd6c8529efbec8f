"""Mails: rows written with what asks for them, sent by jobs."""

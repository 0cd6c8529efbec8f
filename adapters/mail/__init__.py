"""Mails in words, and how they leave."""

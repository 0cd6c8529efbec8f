"""Following channels."""

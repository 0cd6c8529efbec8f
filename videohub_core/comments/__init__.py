"""Comments on videos, and replies to them."""

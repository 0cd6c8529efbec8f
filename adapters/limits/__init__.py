"""Rate limits by the library limits."""

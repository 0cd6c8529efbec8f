"""What carries the chat."""

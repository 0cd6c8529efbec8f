"""What members take with them."""

"""Finding videos by words."""

"""Views: how often a video was watched, each viewer once in a while."""

"""Subtitles as people have them, made into clean WebVTT."""

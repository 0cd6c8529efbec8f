"""Videos: uploads, processing, publishing, watching."""

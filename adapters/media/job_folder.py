"""The names in a job's folder, on which the sandbox and its child agree."""

ORIGINAL = "original"
"""The untrusted file, for reading."""
MADE = "made"
"""The one folder that the child may write to, and what it makes there."""
PLAYABLE = "playable.mp4"
POSTER = "poster.jpg"
SHEET = "storyboard-{}.webp"
"""A sheet of a storyboard, counted from 1."""
COLUMNS = ROWS = 10
COUNT_MOST = 4 * COLUMNS * ROWS
"""How many pictures are on a sheet, and on all of them."""

"""What no single test shows: many faults at random, and a count at the end."""

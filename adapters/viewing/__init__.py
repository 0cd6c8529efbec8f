"""Who watches: programs told from people, and a log that gathers what is counted."""

"""Links that are mailed: whoever brings one reads the mail of its address."""

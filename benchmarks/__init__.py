"""What the hub's speed is, against what it could be: `make bench`."""

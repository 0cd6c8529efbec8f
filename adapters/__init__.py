"""With what the hub does it: each adapter implements a port of the core."""

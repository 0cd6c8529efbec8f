"""What the hub finds on the machine it runs on."""

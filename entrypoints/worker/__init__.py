"""The worker: takes hints from Huey, leases jobs, and does them."""

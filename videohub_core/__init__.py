"""What the hub does, in plain Python: no framework, no driver, no I/O of its own.

Each area (`accounts`, `channels`, `videos`, …) holds its entities, ports, policies,
events and errors, and one use case per file. Adapters implement the ports;
entrypoints call the use cases.
"""

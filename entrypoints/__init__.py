"""How the hub is asked: HTTP, streams, chat, worker, command line."""

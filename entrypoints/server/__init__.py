"""The process tree: Tornado in front, Pyramid behind it, the worker beside."""

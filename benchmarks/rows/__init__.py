"""The rows of the table, a module for what belongs together."""

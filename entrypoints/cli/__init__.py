"""The command `videohub`, one file a command."""

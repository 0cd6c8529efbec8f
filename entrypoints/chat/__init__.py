"""The chat service: rooms live, over one websocket a member, and their history."""

"""Work that must happen: rows written with the change that asks for it."""

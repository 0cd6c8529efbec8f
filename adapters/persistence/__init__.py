"""Rows: SQLAlchemy tables, mappings, repositories and readers, one module per area."""

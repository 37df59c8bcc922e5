"""Stores loans acknowledged while the database cannot be written to, and records them later."""

"""Stores loans acknowledged while the database cannot be written, and records them later."""

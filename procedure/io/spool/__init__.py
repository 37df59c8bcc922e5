"""Loans acknowledged while the database cannot be written: an append-only file, folded in later."""

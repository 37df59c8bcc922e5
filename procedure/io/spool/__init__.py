"""Loans acknowledged while the database cannot be written: a file of appends, brought in later."""

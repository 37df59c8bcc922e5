"""Importing lists of accounts and items, and storing them on disk."""

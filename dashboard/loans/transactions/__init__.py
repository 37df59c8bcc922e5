"""Parses the transactions that browsers send, decides how to treat them, and records them."""

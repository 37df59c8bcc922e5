"""Parses, decides and records the transactions that browsers send."""

"""The vendor's service level, as a page for the yearly meeting."""

"""Retention and pseudonymisation of patrons' identifiers."""

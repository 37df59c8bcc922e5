"""Retention and pseudonymisation of patrons' identifiers, and the records of access to them."""

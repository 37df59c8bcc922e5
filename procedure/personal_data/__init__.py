"""The retention of patrons' identifiers, and what replaces them afterwards."""

"""How long patrons' identifiers are kept, and what replaces them afterwards."""

"""How long identifiers of patrons are kept, and what stands in their place afterwards."""

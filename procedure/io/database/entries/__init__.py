"""How journal entries are stored in the database's tables."""

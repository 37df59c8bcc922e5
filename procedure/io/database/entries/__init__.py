"""How the entries of the journal stand in the tables of the database."""

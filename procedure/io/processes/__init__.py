"""Several processes on one database: which of them watches, and what the others learn from it."""

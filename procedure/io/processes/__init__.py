"""Several processes on one database: one watches, and the others learn its results."""

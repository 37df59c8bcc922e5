"""Several processes on one database: one watches, and the others receive its results."""

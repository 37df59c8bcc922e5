"""Several processes on one database: one does the probing, and the others receive its results."""

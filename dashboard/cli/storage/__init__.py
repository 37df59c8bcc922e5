"""Commands about the database as a whole: backups, and what is missing after a loss."""

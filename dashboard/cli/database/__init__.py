"""Commands for backing up, restoring, migrating and repairing the database."""

"""The journal and history in SQLite or PostgreSQL, with their writer, backups and file guards."""

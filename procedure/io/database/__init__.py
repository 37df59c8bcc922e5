"""Journal and history in SQLite or PostgreSQL, the writer, backups and guards of the file.

No rule about loans or targets.
"""

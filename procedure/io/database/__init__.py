"""The journal and history in SQLite or PostgreSQL, their writer, backups, and guards for the file.

It contains no rules about loans or targets.
"""

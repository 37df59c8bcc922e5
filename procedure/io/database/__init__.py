"""The journal and the history in SQLite or PostgreSQL, the writer, backup and guards of the file.

No rule about loans or targets.
"""

"""Readiness for an outage: workstations, contacts, backups, drills.

The server itself is checked by `relais doctor`.
"""

"""Readiness for an outage: workstations, contacts, backups, drills.

The checks of the machine itself are in `relais doctor`.
"""

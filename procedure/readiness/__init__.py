"""What is ready for an outage, and what is not: workstations, contacts, backups, drills.

The checks of the machine itself are in `relais doctor`.
"""

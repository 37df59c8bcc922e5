"""What is ready for an outage, and what is not: workstations, contacts, backups, drills."""

"""The commands on the database itself: back up, restore, migrate, accept missing entries."""

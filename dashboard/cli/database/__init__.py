"""The commands on the database itself: copy, restore, move, go on without what is missing."""

"""Backups that the server makes by itself: a folder of checked files, kept by count."""

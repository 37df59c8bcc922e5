"""Offline files for library systems: writing and reading each format."""

"""The offline files of library systems: writing and reading each format."""

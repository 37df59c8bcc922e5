"""The offline files of library systems: how each is written, and read again."""

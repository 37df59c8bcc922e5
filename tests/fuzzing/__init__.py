"""Broken files for the readers, for a minute: see `tests.fuzzing.__main__`."""

"""Broken files for the readers, for a minute: see `tests.campaigns.fuzzing.__main__`."""

"""Gives the readers broken files for a minute: see `tests.campaigns.fuzzing.__main__`."""

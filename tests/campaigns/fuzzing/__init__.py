"""Fuzzing of the parsers; see `tests.campaigns.fuzzing.__main__`."""

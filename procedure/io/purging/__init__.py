"""Deletes the identifiers of loans that were settled long enough ago."""

"""A stand-in for Alma, sample history and sample loans, for drills and tests.

Nothing here runs in production.
"""

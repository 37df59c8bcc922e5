"""Lists of accounts and items, exported before an outage and stored as fingerprints.

A list raises warnings about scanned cards and items, but never refuses a scan.
"""

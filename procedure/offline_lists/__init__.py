"""Lists of accounts and items, exported before an outage and stored as fingerprints.

A list holds no identifier in the clear. It gives advice about a card or an item at its scan, and
never refuses a scan.
"""

"""Lists of accounts and items, exported before an outage and stored as fingerprints.

A list contains no identifiers in clear text. It gives advice about a card or an item when it is
scanned, and never refuses a scan.
"""

"""The lists of accounts and items that were exported before an outage, as fingerprints.

A list holds no identifier in the clear. It says what is known of a card or an item when it is
scanned, and never refuses a scan.
"""

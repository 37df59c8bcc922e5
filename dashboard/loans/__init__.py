"""The scan box, the loan log, pending loans, carts and the import of files.

`dashboard.reconciliation` brings loans into Alma.
"""

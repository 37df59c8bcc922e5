"""The scan box, the loan log, pending loans, carts and file imports.

`dashboard.reconciliation` brings loans into Alma.
"""

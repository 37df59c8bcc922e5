"""The scan box, the loan log, pending loans, carts and the import of files.

Bringing loans into Alma is in `dashboard.reconciliation`.
"""

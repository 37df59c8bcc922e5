"""Loans and returns in an outage: the scan check, the loan log, return carts, the offline file.

What becomes of them in Alma afterwards is in `procedure.reconciliation`.
"""

"""Alma's REST API: requests, rate, retries, and the batches of the reconciliation.

What the responses mean is in `procedure.reconciliation`.
"""

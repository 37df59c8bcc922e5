"""Alma's REST API: requests, rate, retries, and the batches of the reconciliation.

`procedure.reconciliation` interprets the responses.
"""

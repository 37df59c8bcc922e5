"""Bringing loans into Alma: files, job reports, verification, repairs, sign-off.

The rules are in `procedure.reconciliation`.
"""

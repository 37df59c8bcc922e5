"""Bringing loans into Alma: files, job reports, verification, repairs, sign-off.

`procedure.reconciliation` has the rules.
"""

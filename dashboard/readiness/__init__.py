"""Readiness for an outage: reports of workstations, and the list for coordinators.

The rules are in `procedure.readiness`.
"""

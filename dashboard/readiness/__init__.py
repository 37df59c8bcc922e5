"""Readiness for an outage: the reports from workstations, and the list for coordinators.

The rules are in `procedure.readiness`.
"""

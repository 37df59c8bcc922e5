"""Readiness for an outage: the reports from workstations, and the panel for coordinators.

The rules are in `procedure.readiness`.
"""

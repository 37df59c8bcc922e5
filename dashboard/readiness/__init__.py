"""What is ready for an outage: what workstations report, and the list for coordinators.

The rules are in `procedure.readiness`.
"""

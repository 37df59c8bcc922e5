"""The probe grid, workstations, status pages and the diagnosis.

The rules are in `procedure.monitoring` and `procedure.diagnosis`.
"""

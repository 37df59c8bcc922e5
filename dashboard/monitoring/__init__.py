"""The probe grid, workstations, status pages and the diagnosis.

Judging the probes is done in `procedure.monitoring` and `procedure.diagnosis`.
"""

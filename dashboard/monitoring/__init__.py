"""The probe grid, workstations, neighbours, status pages and the diagnosis.

Judging the probes is done in `procedure.monitoring` and `procedure.diagnosis`.
"""

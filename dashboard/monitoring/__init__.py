"""The probe grid, workstations, status pages and the diagnosis.

`procedure.monitoring` and `procedure.diagnosis` judge the probes.
"""

"""What the probes find: targets, outcomes, confirmed status, downtime, roll-ups and services.

The probing itself is in `procedure.io.http`, why a target is down in `procedure.diagnosis`.
"""

"""The timeline, outages and availability over the last ninety days.

The figures are computed in `procedure.monitoring`.
"""

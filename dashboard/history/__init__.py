"""Timeline, outages and availability of the last ninety days.

The figures come from `procedure.monitoring`.
"""

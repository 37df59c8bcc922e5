"""The timeline, outages and availability over the last ninety days.

`procedure.monitoring` computes the figures.
"""

"""Timeline, outages, availability and heat map of the last ninety days.

The figures come from `procedure.monitoring`.
"""

"""A day of an outage in an hour: what a server takes stays flat, and no loan is lost.

`make soak` runs it; `python -m tests.campaigns.soak --hours 1 --minutes 3` tries the campaign itself.
"""

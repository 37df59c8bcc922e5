"""A server's resources stay constant during a day of an outage, and no loan is lost.

`make soak` runs the day in an hour; for a quick trial, run `python -m tests.campaigns.soak --hours
1 --minutes 3`.
"""

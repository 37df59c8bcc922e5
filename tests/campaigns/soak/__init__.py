"""In a day of an outage, run in an hour, a server's resources stay flat and no loan is lost.

`make soak` runs it; `python -m tests.campaigns.soak --hours 1 --minutes 3` tries the campaign itself.
"""

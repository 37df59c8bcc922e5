"""A server's resource usage stays constant during a day-long outage, and no loan is lost.

`make soak` runs the day in an hour. For a quick trial, run
`python -m tests.campaigns.soak --hours 1 --minutes 3`.
"""

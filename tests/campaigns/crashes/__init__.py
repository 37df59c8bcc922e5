"""When servers are killed, no acknowledged loan of a workstation is lost, doubled or out of order.

`python -m tests.campaigns.crashes --database postgresql --kills 200` runs a campaign and prints its figures.
"""

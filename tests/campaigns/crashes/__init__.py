"""Acknowledged loans are not lost, duplicated or reordered when servers are killed.

Run a campaign with `python -m tests.campaigns.crashes --database postgresql --kills 200`.
"""

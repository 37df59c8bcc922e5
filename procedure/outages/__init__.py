"""The declared outage, announcements, the text for a call, and the outage report.

Downtime of single targets is in `procedure.monitoring.downtime`.
"""

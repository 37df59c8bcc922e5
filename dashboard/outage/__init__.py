"""The declared outage, its banner and planned work.

The report about an outage is in `dashboard.outage_report`.
"""

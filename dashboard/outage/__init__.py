"""The declared outage, its banner and planned work.

The dossier of an outage is in `dashboard.dossier`.
"""

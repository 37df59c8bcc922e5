"""The declared outage, the coordinators' page, alerts, and planned work."""

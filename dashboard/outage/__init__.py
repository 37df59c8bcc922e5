"""The declared outage, its banner, and planned work."""

"""Handles the transactions that browsers send: parses, decides, and records each once.

It knows no HTTP: the routes are in `dashboard.desk.desk_handlers`.
"""

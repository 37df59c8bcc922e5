"""Handles the transactions of browsers: parsed, decided, recorded once.

It knows no HTTP: the routes are in `dashboard.desk.desk_handlers`.
"""

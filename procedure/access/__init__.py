"""Permissions, and the roles that have them.

Signing in is in `dashboard.access`.
"""

"""Permissions, roles and accounts.

Signing in is in `dashboard.access`.
"""

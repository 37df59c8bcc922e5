"""Permissions, roles and accounts.

Sign-in is handled by `dashboard.access`.
"""

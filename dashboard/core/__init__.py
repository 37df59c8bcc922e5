"""Shared by every feature: the application's services, the session, rights.

No feature is imported here.
"""

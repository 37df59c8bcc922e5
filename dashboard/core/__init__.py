"""What every feature shares: the application's services, the session, rights, background tasks.

No feature is imported here.
"""

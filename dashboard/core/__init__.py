"""What every feature shares: the application's services, the session, rights.

No feature is imported here.
"""

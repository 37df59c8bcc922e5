"""The parts that every feature shares: the application's services, the session and permissions.

No feature is imported here.
"""

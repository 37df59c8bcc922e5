"""Services, sessions and permissions, shared by all features.

No feature may be imported here.
"""

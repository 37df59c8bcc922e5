"""Services, sessions and permissions, shared by all features.

Modules here must not import any feature.
"""

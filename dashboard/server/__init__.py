"""The HTTP server: access, security headers, limits, and our own static files.

`dashboard.routes` has the routes of the features.
"""

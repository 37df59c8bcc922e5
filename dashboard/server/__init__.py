"""The HTTP server: access, security headers, limits, and static files.

The features' routes are in `dashboard.routes`.
"""

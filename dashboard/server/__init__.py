"""The HTTP server: access, security headers, limits, and our static files.

The features' routes are in `dashboard.routes`.
"""

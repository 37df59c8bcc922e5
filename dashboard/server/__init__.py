"""The HTTP server: access, security headers, limits, and our own static files.

The addresses of the features are in `dashboard.routes`.
"""

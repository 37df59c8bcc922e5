"""The HTTP server: who may connect, security headers, limits, and our own files.

The addresses of the features are in `dashboard.routes`.
"""

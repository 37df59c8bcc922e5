"""The desk page, which works without a server, and its routes.

Its scripts share the modules in `dashboard/assets/`.
"""

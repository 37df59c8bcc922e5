"""The desk page, which keeps working without the server, and its routes.

Its scripts use the modules in `dashboard/assets/`.
"""

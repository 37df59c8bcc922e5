"""The desk page, which works without a server, and its addresses.

Its scripts share the modules in `dashboard/assets/`.
"""

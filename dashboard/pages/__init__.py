"""The browsers' open pages: their first view, and how they are created, updated and closed.

The code of a single page is in `dashboard.page`.
"""

"""The pages open in all browsers: their first view, and how they are created, updated and closed.

A single page is in `dashboard.page`.
"""

"""The pages open in all browsers: their first view, and how they are made, updated and closed.

`dashboard.page` has a single page.
"""

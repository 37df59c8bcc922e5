"""The pages of all browsers: the first view, and how pages are made, updated and closed.

`dashboard.page` is one page.
"""

"""The pages of all browsers: what each shows first, how it is made, updated and closed.

`dashboard.page` is one page.
"""

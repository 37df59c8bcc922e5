"""The procedure on the page, and the status bar.

The steps themselves are in the handbook.
"""

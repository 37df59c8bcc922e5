"""The procedure as a person goes through it, and the status bar.

The steps themselves are data in the handbook.
"""

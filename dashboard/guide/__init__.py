"""The procedure as a person walks through it, and the status bar.

The steps themselves are data in the handbook.
"""

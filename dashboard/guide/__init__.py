"""The dashboard's guide through the procedure, and the status bar.

The steps themselves are in the handbook.
"""

"""The steps of the procedure as a person walks through them, and the status bar.

The steps themselves are data of the handbook.
"""

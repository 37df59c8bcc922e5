"""Sign-in and identification of users.

For roles and permissions, see `procedure.access`.
"""

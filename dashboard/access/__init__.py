"""Sign-in and identification of visitors.

For roles and permissions, see `procedure.access`.
"""

"""Who may do what: permissions, and the roles that have them.

Who somebody is, is found out in `dashboard.access`.
"""

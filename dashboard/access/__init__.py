"""Identification of users: at the server's own machine, by Panel's login, or by a local account.

`procedure.access` says what each role may do.
"""

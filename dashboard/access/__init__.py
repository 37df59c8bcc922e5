"""Identifies who asks: a person at the server's own machine, a login of Panel, or a local account.

`procedure.access` says what each role may do.
"""

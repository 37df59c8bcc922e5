"""Who asks: a person at the server's own machine, a login of Panel's, or a local account.

What each role may do is in `procedure.access`.
"""

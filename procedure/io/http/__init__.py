"""Probing over sockets: resolver, connections, TLS, HTTP, and the cause of each failure.

What a failure means for a target is in `procedure.monitoring`.
"""

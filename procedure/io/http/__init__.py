"""Probing over sockets: name resolution, connections, TLS, HTTP, and the cause of each failure.

`procedure.monitoring` decides what a failure means for a target.
"""

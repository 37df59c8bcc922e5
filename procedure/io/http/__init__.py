"""Probing over sockets: name resolution, connections, TLS, HTTP, and the cause of each failure."""

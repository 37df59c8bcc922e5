"""A simulation of Alma for tests and drills, based on public sources and independent of the client.

Behaviour from a public document is marked [D], from a public client [C]. Behaviour that is not
published is marked [I], for inferred: try it in a sandbox before relying on it.
"""

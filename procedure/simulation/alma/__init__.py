"""A simulation of Alma, for tests and drills, written from public sources apart from the client.

A behaviour that a public document shows is marked [D], one that a public client shows [C]; one
that is not published is marked [I]: inferred, so try it in a sandbox before relying on it.
"""

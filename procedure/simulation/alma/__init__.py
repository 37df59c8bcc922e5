"""A stand-in for Alma, for tests and drills, written from what is public and apart from the client.

A behaviour that a public document or program shows is marked [D] or [C] where it is made; one that
nobody has published is marked [I]: inferred, so try it in a sandbox before relying on it.
"""

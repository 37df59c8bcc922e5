"""A simulation of Alma for tests and drills, based on public sources, not on Relais's own client.

Marks in the code give our source for Alma's behaviour: [D] a public document, [C] public code, such
as a client's, or [I] our own inference, where nothing is published. Behaviour marked [I] must be
tried in an Alma sandbox before anybody relies on it.
"""

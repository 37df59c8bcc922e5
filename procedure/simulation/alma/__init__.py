"""A simulation of Alma for tests and drills, based on public sources, not on Relais's own client.

Comments mark where behaviour comes from: [D] a public document, [C] a public client, [I] inferred
because it is not published. Behaviour marked [I] must be tried in a sandbox before use.
"""

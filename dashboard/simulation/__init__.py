"""Servers over what is made up: the demonstration and the drill.

What they watch is in `procedure.simulation`.
"""

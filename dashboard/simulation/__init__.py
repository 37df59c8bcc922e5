"""Servers over made-up data: the demonstration and the drill.

`procedure.simulation` generates the data.
"""

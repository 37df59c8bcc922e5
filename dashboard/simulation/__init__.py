"""Servers that use made-up data: the demonstration and the drill.

`procedure.simulation` generates the data.
"""

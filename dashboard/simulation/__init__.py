"""Servers with made-up data: the demonstration and the drill.

The data is generated in `procedure.simulation`.
"""

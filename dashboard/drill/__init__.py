"""A drill: an outage played on a server and a database of its own.

What is simulated is in `procedure.simulation`; `dashboard.simulation.drill_server` opens it.
"""

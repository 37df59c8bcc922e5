"""A drill: a simulated outage with its own server and database.

The simulation is in `procedure.simulation`; `dashboard.simulation.drill_server` starts it.
"""

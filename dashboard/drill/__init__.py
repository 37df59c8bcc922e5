"""A drill: an outage played on its own server and database.

`procedure.simulation` has the simulation; `dashboard.simulation.drill_server` opens it.
"""

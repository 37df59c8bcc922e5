"""Relais on a page of your own: the grid and the loan log from a database that is only read.

RELAIS_DATABASE_URL=sqlite:////srv/relais/relais.sqlite3 panel serve example.py
"""

import panel as pn

from dashboard import LoanLogView, ProbeGridView, open_session

pn.extension(inline=True)  # nothing is fetched from the network
session = open_session(language="en")
pn.state.add_periodic_callback(session.refresh, period=5000)
pn.state.on_session_destroyed(lambda _: session.close())


def up(_outcomes):
    return sum(cell.status == "up" for cell in session.grid.cells)


answering = pn.bind(up, session.updates.param.outcomes)
number = pn.indicators.Number(name="addresses that answer", value=answering)
grid, loans = ProbeGridView(session), LoanLogView(session)
pn.Column("# Our reading room", number, grid, loans).servable(title="Our reading room")

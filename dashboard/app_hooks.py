"""Hooks that run when a server starts: they add routes and start the background tasks.

`panel serve dashboard` finds this file by its name, and therefore serves the same pages as
`relais serve`.
"""

import sys

from tornado.httpserver import HTTPServer

from dashboard.app import app_context, reconciliation_ledger
from dashboard.cli.port_check import check_one_process
from dashboard.core.errors import DashboardError
from dashboard.outage.alert_sending import start_alerts
from dashboard.pages.open_pages import page_frame
from dashboard.pages.warm_up import start_warm_up
from dashboard.routes import ROUTES
from dashboard.server.account_check import warn_of_root
from dashboard.server.http_server import RelaisServer
from dashboard.server.json_log import write_json, writes_json
from dashboard.server.log_limit import cut_addresses, limit_repeats
from dashboard.server.message_log import hide_content
from dashboard.server.request_id import identify_lines
from dashboard.settings import logs_json
from dashboard.upkeep.backups import start_backups
from dashboard.upkeep.repeated_tasks import start_background_tasks
from procedure.errors import ProcedureError

if logs_json():
    write_json()
try:
    # Bokeh runs this file with other arguments in `sys.argv`.
    check_one_process(sys.orig_argv)
    app_context()
except (ProcedureError, DashboardError) as refusal:
    # Otherwise the server would keep running with empty pages.
    raise SystemExit(str(refusal)) from None

warn_of_root()
limit_repeats()
cut_addresses()
if not writes_json():
    identify_lines()
hide_content()
HTTPServer.configure(
    RelaisServer, routes=ROUTES, frame=page_frame, accounts=app_context().store.accounts
)


# Seconds after which a CPU-bound thread lets others run. Recording a loan switches many times
# between the event loop and the journal's writing thread. With Python's default of 5 ms, recording
# takes up to a fifth of a second while an overview of 15,000 loans is being computed.
SWITCH_INTERVAL = 0.0005


def on_server_loaded(server_context: object) -> None:
    del server_context
    sys.setswitchinterval(SWITCH_INTERVAL)
    start_background_tasks(app_context())
    start_alerts(app_context(), reconciliation_ledger().to_bring_now)
    start_backups(app_context())
    start_warm_up()

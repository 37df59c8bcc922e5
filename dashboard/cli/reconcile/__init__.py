"""`relais reconcile`: the loans into Alma, from a shell.

Exit codes: 0 nothing needs a person; 1 refused, with a message; 2 a wrong option; 3 done, and rows
need a person; 4 stopped before the end, the results so far are kept: run it again to go on.
"""

from __future__ import annotations

import click

from dashboard.cli.reconcile.carts import cart, resolve_return, scan_in
from dashboard.cli.reconcile.check import preflight, status, verify
from dashboard.cli.reconcile.repair import candidates, confirm, correct, hand_on, lend, resolve
from dashboard.cli.reconcile.sign_off import extensions, sign, summary
from dashboard.cli.reconcile.upload import report, uploaded


@click.group()
def reconcile() -> None:
    """Every loan into the library system, or on a list with its reason."""


for _command in (
    *(candidates, cart, confirm, correct, extensions, hand_on, lend, preflight, report, resolve),
    *(resolve_return, scan_in, sign, status, summary, uploaded, verify),
):
    reconcile.add_command(_command)

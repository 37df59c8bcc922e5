"""`relais reconcile`: reconciles loans with the library system.

Exit codes: 0 done; 1 refused; 2 a wrong option; 3 done, but some rows need attention; 4 stopped
early with partial results: run it again to continue.
"""

import click

from dashboard.cli.lazy_group import LazyGroup
from dashboard.cli.reconcile.check import status, verify
from dashboard.cli.reconcile.sign import sign, summary
from dashboard.cli.reconcile.upload_result import report, uploaded


@click.group(cls=LazyGroup)
def reconcile() -> None:
    """Transfer all loans to the library system, or settle them with a reason.

    The Reconciliation page can do more: check loans before the upload, decide on doubtful scans,
    settle and correct single rows, and return the items on the carts.

    Example: `relais reconcile status --json` shows the state of each loan.
    """


for _command in (report, sign, status, summary, uploaded, verify):
    reconcile.add_command(_command)

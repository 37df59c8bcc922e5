"""`relais reconcile`: reconciles loans with Alma from a shell.

Exit codes: 0 nothing needs a person; 1 refused, with a message; 2 a wrong option; 3 done, but some
rows need a person; 4 stopped before the end with results kept: run it again to continue.
"""

import click

from dashboard.cli.lazy_group import LazyGroup
from dashboard.cli.reconcile.check import status, verify
from dashboard.cli.reconcile.sign import sign, summary
from dashboard.cli.reconcile.upload_result import report, uploaded


@click.group(cls=LazyGroup)
def reconcile() -> None:
    """Bring every loan into the library system, or settle it with a reason.

    The page can do more: ask the system beforehand, decide doubtful scans, settle and repair single
    rows, and return the books on the carts.

    Example: `relais reconcile status --json` shows the state of each loan.
    """


for _command in (report, sign, status, summary, uploaded, verify):
    reconcile.add_command(_command)

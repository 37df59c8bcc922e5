"""`relais reconcile`: the loans into Alma, from a shell.

Exit codes: 0 nothing needs a person; 1 refused, with a message; 2 a wrong option; 3 done, and rows
need a person; 4 stopped before the end, the results so far are kept: run it again to go on.
"""

import click

from dashboard.cli.lazy_group import LazyGroup
from dashboard.cli.reconcile.check import status, verify
from dashboard.cli.reconcile.sign import sign, summary
from dashboard.cli.reconcile.upload_result import report, uploaded


@click.group(cls=LazyGroup)
def reconcile() -> None:
    """Bring every loan into the library system, or settle it with its reason.

    The page does more: it asks the system beforehand, decides doubtful scans, settles and repairs
    single rows, and returns the books on the carts.

    Example: `relais reconcile status --json` says how far each loan is.
    """


for _command in (report, sign, status, summary, uploaded, verify):
    reconcile.add_command(_command)

"""`relais loans`: list, sum up, import and export loans.

Exit codes: 0 done, or nothing to do; 1 refused, with a message; 2 a wrong option; 3 exported,
but some loans were left out of the file.
"""

from __future__ import annotations

import click

from dashboard.cli.lazy_group import LazyCommand, LazyGroup
from dashboard.cli.loans.export import export
from dashboard.cli.loans.import_ import import_
from dashboard.cli.loans.layout import layout

# These need pandas.
TABLES = {
    "list": LazyCommand("dashboard.cli.loans.list_", "List the loans."),
    "summary": LazyCommand("dashboard.cli.loans.list_", "Count the loans by day and desk."),
}


@click.group(cls=LazyGroup, sections={"Commands": TABLES})
def loans() -> None:
    """List, count, import and export the loans made while the library system is down.

    Example: `relais loans summary`.
    """


for _command in (export, layout, import_):
    loans.add_command(_command)

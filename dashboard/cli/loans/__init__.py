"""`relais loans`: lists, counts, imports and exports loans.

Exit codes: 0 done, or nothing to do; 1 refused, or the layouts differ; 2 a wrong option;
3 exported, but some loans were left out of the file.
"""

import sys
from pathlib import Path

import click

from dashboard.cli.lazy_group import LazyCommand, LazyGroup
from dashboard.cli.loans.export import export
from dashboard.cli.loans.import_ import import_
from dashboard.settings import Settings
from procedure.circulation.offline_files.alma_layout import INFERRED
from procedure.circulation.offline_files.alma_layout_check import differences, observed

# These commands need pandas, which is slow to import.
TABLES = {
    "list": LazyCommand("dashboard.cli.loans.list_", "List the loans."),
    "summary": LazyCommand("dashboard.cli.loans.list_", "Count the loans by day and desk."),
}


@click.group(cls=LazyGroup, sections={"Commands": TABLES})
def loans() -> None:
    """List, count, import and export the loans made while the library system is down.

    Example: `relais loans summary`.
    """


for _command in (export, import_):
    loans.add_command(_command)


@loans.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def layout(file: Path) -> None:
    """Compare our files' layout with a file from Alma's offline utility.

    If they differ, the exit code is 1, and the setting RELAIS_OFFLINE_LAYOUT to use is printed.

    Example: `relais loans layout OffCirc.dat`.
    """
    ours = Settings.from_env().offline_layout
    theirs = observed(file.read_bytes(), ours)
    different = differences(ours, theirs)
    if not different:
        click.echo(f"{file} has the layout that Relais writes.")
        return
    click.echo(f"{file} differs from what Relais writes:")
    for difference in different:
        click.echo(f"  {difference.name}: here {difference.ours}, in the file {difference.theirs}")
        click.echo(f"    {INFERRED[difference.name]}")
    click.echo(f"To write files in that layout:\n  RELAIS_OFFLINE_LAYOUT='{theirs}'")
    sys.exit(1)

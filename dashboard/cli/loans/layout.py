"""`relais loans layout`: the layout of another offline file, compared with ours."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from dashboard.settings import Settings
from procedure.circulation.offline_files.alma_layout import INFERRED
from procedure.circulation.offline_files.alma_layout_check import differences, observed


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def layout(file: Path) -> None:
    """Compare a file of the library's own utility with the layout written here.

    Exit code 1 when they differ: set RELAIS_OFFLINE_LAYOUT as printed.

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
    click.echo(f"To write as that file does:\n  RELAIS_OFFLINE_LAYOUT='{theirs}'")
    sys.exit(1)

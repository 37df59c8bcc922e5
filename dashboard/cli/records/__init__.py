"""`relais records`: exports the records as tables in files."""

import click

from dashboard.cli.lazy_group import LazyCommand, LazyGroup

# This command needs pandas, which is slow to import.
TABLES = {"export": LazyCommand("dashboard.cli.records.export", "Write every table to a folder.")}


@click.group(cls=LazyGroup, sections={"Commands": TABLES})
def records() -> None:
    """Export the records as tables.

    Example: `relais records export outage --outage last`.
    """

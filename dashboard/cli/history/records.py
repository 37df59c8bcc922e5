"""The records of the database in use for a command, and the options that limit them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click

from dashboard.cli.instants import Instant
from dashboard.settings import Settings
from procedure.io.clock import utc_now
from procedure.io.database.database import Database
from procedure.io.handbook_files import load_handbook
from procedure.records import Records


def records_of(
    database: Database,
    since: datetime | None = None,
    until: datetime | None = None,
    folder: Path | None = None,
) -> Records:
    """Return the records of an open database, with the handbook of a folder or the settings."""
    handbook = load_handbook(folder or Settings.from_env().handbook)
    span = {"since": since, "until": until or utc_now()}
    return Records(database.journal, database.history, handbook, **span)


def window(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options `--since`, `--until` and `--target` to a command."""
    for option in (
        click.option("--target", help="Only this target, by its key."),
        click.option("--until", type=Instant(), help="Only before this time; now if not given."),
        click.option("--since", type=Instant(), help="Only from this time on; all if not given."),
    ):
        command = option(command)
    return command

"""`relais sample-data`: generated probes, outages and loans, for trials and training."""

from __future__ import annotations

from datetime import datetime

import click

from dashboard.cli.instants import Instant
from dashboard.settings import Settings
from procedure.io.clock import utc_now
from procedure.io.database.database import Database, open_database
from procedure.io.handbook_files import load_handbook
from procedure.io.history_files import batches
from procedure.monitoring.rollup import EPOCH
from procedure.simulation.history import CYCLE, sample


@click.command(name="sample-data")
@click.option("--database", "url", help="Database URL; the one in use if not given.")
@click.option("--days", type=click.IntRange(1, 400), default=CYCLE, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed, another past.")
@click.option("--until", type=Instant(), help="When the made-up past ends; now if not given.")
def sample_data(*, url: str | None, days: int, seed: int, until: datetime | None) -> None:
    """Fill an empty database with made-up probes, outages and loans.

    The same seed, days and end give the same past. A database that holds anything is left alone.
    """
    settings = Settings.from_env()
    handbook = load_handbook(settings.handbook)
    targets, desks = list(handbook.targets.values()), list(handbook.desks)
    past = sample(targets, desks, until=until or utc_now(), days=days, seed=seed)
    with open_database(url or settings.database_url, now=utc_now) as database:
        if not _empty(database):
            raise click.ClickException(
                "This database is not empty, and made-up loans must not stand among real ones: "
                "nothing was written. Name a new one, for example "
                "--database sqlite:///sample.sqlite3"
            )
        database.history.set_intervals({target.key: target.interval for target in targets})
        for batch in batches(past.outcomes):
            database.history.record(batch)
        database.journal.append(*past.entries)
    click.echo(f"{len(past.outcomes)} outcomes and {len(past.entries)} entries were made up.")


def _empty(database: Database) -> bool:
    first = next(iter(database.history.outcomes(since=EPOCH)), None)
    return first is None and database.journal.position() == 0

"""`relais sample-data`: generates probes, outages and loans."""

from datetime import datetime

import click

from dashboard.cli.instants import Instant
from dashboard.cli.open_database import command_settings, database_option
from dashboard.cli.output import progress
from procedure.io.clock import utc_now
from procedure.io.database.database import Database, open_database
from procedure.io.handbook_files import load_handbook
from procedure.monitoring.rollup import EPOCH
from procedure.simulation.episodes import CYCLE
from procedure.simulation.sample import Sample, SampleClock


@click.command(name="sample-data")
@click.option("--days", type=click.IntRange(1, 400), default=CYCLE, show_default=True)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    help="A different seed makes a different past.",
)
@click.option("--until", type=Instant(), help="When the made-up past ends; by default, now.")
@database_option
def sample_data(*, days: int, seed: int, until: datetime | None) -> None:
    """Fill an empty database with made-up probes, outages and loans.

    The data covers announced and silent outages, planned work, a failing login, loans at several
    desks, and two reconciliations, one of them unfinished. The same seed, days and end always give
    the same data. A database that is not empty is refused.

    Example: `relais sample-data --database sqlite:///sample.sqlite3`.
    """
    settings = command_settings()
    handbook = load_handbook(settings.handbook)
    past = Sample(handbook, until=until or utc_now(), days=days, seed=seed)
    clock = SampleClock(past.since)
    with open_database(settings.database_url, now=clock) as database:
        if not _empty(database):
            raise click.ClickException(
                "This database is not empty, and made-up loans must not be mixed with real ones: "
                "nothing was written. Give a new one, for example "
                "--database sqlite:///sample.sqlite3"
            )
        outcomes = record_days(past, days, database, clock)
    click.echo(f"{outcomes} outcomes and {len(past.entries)} entries were generated.")


def record_days(past: Sample, days: int, database: Database, clock: SampleClock) -> int:
    """Record the days that `past` generates, and return the number of outcomes."""
    outcomes = 0
    with progress(past.days(), "Days", days) as each:
        for day in each:
            day.record(database, clock)
            outcomes += len(day.outcomes)
    return outcomes


def _empty(database: Database) -> bool:
    first = next(iter(database.history.outcomes(since=EPOCH)), None)
    return first is None and database.journal.position() == 0

"""`relais history`: the outcomes of probes into a file, and from one."""

from datetime import datetime
from pathlib import Path

import click

from dashboard.cli.instants import Instant, check_window
from dashboard.cli.lazy_group import LazyGroup
from dashboard.cli.open_database import database_option, open_existing
from dashboard.cli.output import progress
from dashboard.settings import Settings
from procedure.errors import HandbookError
from procedure.io.database.database import Database
from procedure.io.handbook_files import load_handbook
from procedure.io.history_files import (
    batches,
    outcomes_of,
    usual_intervals,
    write_outcomes,
)
from procedure.monitoring.rollup import EPOCH

FILE = click.Path(path_type=Path, dir_okay=False)


@click.group(cls=LazyGroup)
def history() -> None:
    """Take the log of probes to a file, or bring one in.

    Example: `relais history export --out log.parquet`.
    """


@history.command(name="export")
@click.option("--since", type=Instant(), help="Only from this time on; all if not given.")
@click.option("--until", type=Instant(), help="Only before this time; now if not given.")
@click.option("--target", help="Only this target, by its key.")
@click.option("--out", type=FILE, required=True, help="FILE.csv or FILE.parquet.")
@database_option
def export(
    *, since: datetime | None, until: datetime | None, target: str | None, out: Path
) -> None:
    """Write the raw outcomes to a file, one row an attempt.

    They are in the order of their instants. A CSV file has a column `hops` with the redirects and
    their times; Parquet has no `hops`.

    Example: `relais history export --since 2026-11-01 --out log.csv`.
    """
    check_window(since, until)
    with open_existing() as database:
        _check_target(target, database)
        outcomes = database.history.outcomes(since=since or EPOCH, until=until, target=target)
        with progress(outcomes, "Outcomes", every=10_000) as each:
            count = write_outcomes(out, each)
    click.echo(f"{count} outcomes written to {out}.")


@history.command(name="import")
@click.argument("file", type=FILE)
@database_option
def import_(file: Path) -> None:
    """Bring in outcomes from a CSV file; those that are known already change nothing.

    The first line names the columns: at (ISO 8601 with its offset), target, verdict (up, slow,
    down, unknown), and, if there: vantage, cause, phase, http_status, latency_ms, dns_ms,
    connect_ms, tls_ms, first_byte_ms, url, final_url, reserved, detail, expires, hops.
    Cells are separated by commas or by semicolons.
    A target that is not known yet counts as read as often as it usually is in the file.

    Example: `relais history import log.csv`.
    """
    # The whole file is parsed before the first outcome is recorded: it is imported or refused.
    intervals = usual_intervals(outcomes_of(file))
    count = new = 0
    with open_existing(create=True) as database:
        database.history.set_intervals(intervals, anew=False)
        with progress(batches(outcomes_of(file)), "Batches") as each:
            for batch in each:
                new += database.history.record(batch)
                count += len(batch)
    click.echo(f"{count} outcomes read from {file}: {new} new, {count - new} known already.")


def _check_target(key: str | None, database: Database) -> None:
    """Refuse a key that neither the handbook nor the history has.

    Raises:
        click.BadParameter: with the known keys.
    """
    try:
        of_handbook = [*load_handbook(Settings.from_env().handbook).targets]
    except HandbookError:
        of_handbook = []  # the history can be read without the handbook
    known = dict.fromkeys([*of_handbook, *database.history.targets()])
    if key is not None and key not in known:
        raise click.BadParameter(
            f"{key!r} is not known; known: {', '.join(known) or 'none'}", param_hint="--target"
        )

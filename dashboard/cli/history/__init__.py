"""`relais history`: the outcomes of probes to a file and from one, and their comparison."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from dashboard.cli.history.records import EVER, RecordedPast, window
from dashboard.cli.instants import check_window, stamp
from dashboard.cli.target_key import check_target, known_targets
from dashboard.settings import Settings
from procedure.io.database.database import Database, open_database
from procedure.io.history_files import batches, lines_of, outcomes_of, write_outcomes
from procedure.monitoring.comparison import Comparison, compare, read_incidents
from procedure.monitoring.downtime import usual_interval
from procedure.monitoring.model import Outcome, Status

READINGS_ENOUGH = 10_000  # to tell how often a target is read
FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def history() -> None:
    """Take the log of probes to a file, or bring one in."""


@history.command(name="export")
@window
@click.option("--out", type=FILE, required=True, help="FILE.csv or FILE.parquet.")
def export(
    *, since: datetime | None, until: datetime | None, target: str | None, out: Path
) -> None:
    """Write the raw outcomes to a file, one row an attempt, in the order of their instants.

    A CSV file has a column `hops` with the redirects and their times; Parquet has no `hops`.
    """
    check_window(since, until)
    with _database() as database:
        check_target(target, known_targets(database))
        outcomes = database.history.outcomes(since=since or EVER, until=until, target=target)
        count = write_outcomes(out, outcomes)
    click.echo(f"{count} outcomes written to {out}.")


@history.command(name="import")
@click.argument("file", type=FILE)
@click.option(
    "--columns",
    default="",
    metavar="OURS=THEIRS,…",
    help="How the file calls our columns: at=timestamp,verdict=state,http_status=http_code.",
)
@click.option(
    "--status",
    "words",
    multiple=True,
    metavar="THEIRS=OURS",
    help="What a word for the verdict means: degraded=slow. May be repeated.",
)
def bring_in(*, file: Path, columns: str, words: tuple[str, ...]) -> None:
    """Bring in outcomes from a CSV file; those that are known already change nothing.

    The first line names the columns: at (ISO 8601 with its offset), target, verdict (up, slow,
    down, unknown), and, if there: vantage, cause, phase, http_status, latency_ms, dns_ms,
    connect_ms, tls_ms, first_byte_ms, url, final_url, reserved, detail, expires, hops.
    Cells are separated by commas or by semicolons.
    A target that is not known yet counts as read as often as it usually is in the file.
    """
    names, verdicts = _names(columns), _verdicts(words)
    # Every line is read once before the first is kept: a file comes in whole or not at all.
    intervals = _usual_intervals(outcomes_of(file, names, verdicts))
    count = new = 0
    with _database(create=True) as database:
        database.history.set_intervals(intervals, anew=False)
        for batch in batches(outcomes_of(file, names, verdicts)):
            new += database.history.record(batch)
            count += len(batch)
    click.echo(f"{count} outcomes read from {file}: {new} new, {count - new} known already.")


@history.command(name="compare")
@click.argument("file", type=FILE)
@click.option(
    "--tolerance", type=click.FloatRange(0), default=0, help="Seconds that times may differ."
)
def against(*, file: Path, tolerance: float) -> None:
    """Compare the outages in the log with a CSV list of incidents (target, start, end)."""
    theirs = list(lines_of(file, read_incidents))
    with _database() as database:
        ours = RecordedPast(database, (), ()).downtimes(None, None, None)
    found = compare(ours, theirs, tolerance=timedelta(seconds=tolerance))
    for line in _differences(found):
        click.echo(line)
    click.echo(
        f"{len(ours)} outages here, {len(theirs)} incidents there: {len(found.same)} the same, "
        f"{len(found.different)} with other times, {len(found.only_ours)} only here, "
        f"{len(found.only_theirs)} only there."
    )


def _database(*, create: bool = False) -> Database:
    return open_database(Settings.from_env().database_url, now=_now, create=create)


def _now() -> datetime:
    return datetime.now(UTC)


def _usual_intervals(outcomes: Iterable[Outcome]) -> dict[str, timedelta]:
    """Return how often each target was usually read, by its first readings."""
    instants: dict[str, list[datetime]] = defaultdict(list)
    for one in outcomes:
        if len(instants[one.target]) < READINGS_ENOUGH:
            instants[one.target].append(one.at)
    return {target: usual_interval(found) for target, found in instants.items()}


def _differences(found: Comparison) -> Iterator[str]:
    for ours, theirs in found.different:
        yield (
            f"{ours.target}: here {stamp(ours.start)} to {stamp(ours.end) or 'now'}, "
            f"there {stamp(theirs.start)} to {stamp(theirs.end) or 'now'}"
        )
    for where, alone in (("only here", found.only_ours), ("only there", found.only_theirs)):
        for one in alone:
            yield f"{one.target}: {where}, {stamp(one.start)} to {stamp(one.end) or 'now'}"


def _names(columns: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in columns.split(",") if pair.strip()]
    if any(not theirs for _, _, theirs in pairs):
        raise click.BadParameter(
            "write pairs like at=timestamp,verdict=state", param_hint="--columns"
        )
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}


def _verdicts(words: tuple[str, ...]) -> dict[str, Status]:
    pairs = [word.rpartition("=") for word in words]
    known = [one.value for one in Status]
    for theirs, _, ours in pairs:
        if not theirs.strip() or ours.strip() not in known:
            raise click.BadParameter(
                f"write pairs like degraded=slow; ours are {', '.join(known)}",
                param_hint="--status",
            )
    return {theirs.strip(): Status(ours.strip()) for theirs, _, ours in pairs}

"""`relais replay`: applies the diagnosis rules to a scenario or to the records."""

import sys
import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import click

from dashboard.cli.instants import Instant, check_span, format_duration, format_utc
from dashboard.cli.open_database import database_option, find_record, open_existing, outage_log
from dashboard.cli.output import Row, english, json_line
from dashboard.guide.suggestion_text import suggestion_text
from dashboard.monitoring.diagnosis_text import reason_text
from dashboard.settings import Settings
from procedure import frames
from procedure.diagnosis.scenario import Conclusion, Scenario, replay as conclude
from procedure.diagnosis.scenario_file import read_scenario
from procedure.errors import Fault, ScenarioError
from procedure.guide.contact_hours import public_holidays
from procedure.handbook.model import Handbook
from procedure.io.clock import utc_now
from procedure.io.database.database import Database
from procedure.io.handbook_files import load_handbook
from procedure.local_time import local
from procedure.outages.dossier import span

DAY = timedelta(days=1)


@click.command()
@click.argument("subject", metavar="[SCENARIO|OUTAGE]", required=False)
@click.option("--since", type=Instant(), help="Only what was recorded from this time on.")
@click.option("--until", type=Instant(), help="Only what was recorded before this time.")
@click.option(
    "--handbook",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Handbook with the rules to apply; by default, the one in the settings.",
)
@database_option
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON object per line, without a comparison."
)
def replay(
    subject: str | None,
    *,
    since: datetime | None,
    until: datetime | None,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Show what today's rules conclude from a scenario or from the records.

    If SCENARIO (a file) is given, show the conclusions at each instant for which it states an
    expectation; without --json, the exit code is 1 if an expectation is not met. Otherwise, show
    when each diagnosis and suggestion would have been made, and when outages were declared: around
    OUTAGE (the id of a declared outage, a prefix of it, or `last`), between --since and --until, or
    in the last day. Times are local, or in UTC with --json.

    Example: `relais replay 019781e8`.
    """
    if subject is not None and Path(subject).is_file():
        if since is not None or until is not None:
            raise click.UsageError("A scenario has its own times: omit --since and --until.")
        replay_scenario(Path(subject), folder, as_json=as_json)
        return
    check_span(since, until)
    replay_records(subject, (since, until), folder, as_json=as_json)


def replay_scenario(file: Path, folder: Path | None, *, as_json: bool) -> None:
    """Print the conclusions; unless `as_json`, exit with code 1 if an expectation is not met."""
    handbook = load_handbook(folder or Settings.from_env().handbook)
    scenario = load_scenario(file, handbook)
    instants = (scenario.start + timedelta(seconds=expected.at) for expected in scenario.expected)
    years = {local(instant).year for instant in instants}
    conclusions = conclude(
        scenario, handbook, public_holidays(handbook.library.holidays, years) | handbook.closures
    )
    for conclusion in conclusions:
        if as_json:
            click.echo(json_line(_object(conclusion)))
        else:
            click.echo(_lines(conclusion))
    if not as_json and any(conclusion.unmet for conclusion in conclusions):
        sys.exit(1)


def load_scenario(path: Path, handbook: Handbook) -> Scenario:
    """Read a scenario file.

    Raises:
        ScenarioError: the file has faults, which the message lists.
    """
    try:
        # Some Windows editors write a byte order mark.
        tables = tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ScenarioError((Fault(path.name, "file", f"is not TOML: {fault}"),)) from None
    return read_scenario(path.name, tables, handbook)


def _object(conclusion: Conclusion) -> dict[str, object]:
    at = conclusion.expected.at
    return {
        "at": int(at) if at.is_integer() else at,
        "from": conclusion.asker,
        "diagnosis": conclusion.diagnosis.fault.value,
        "suggest": _suggested(conclusion),
        "next": conclusion.next,
        "reasons": _reasons(conclusion),
    }


def _suggested(conclusion: Conclusion) -> dict[str, str]:
    return {step: made.answer or "none" for step, made in conclusion.suggestions.items()}


def _reasons(conclusion: Conclusion) -> list[str]:
    diagnosis, shown_in = conclusion.diagnosis, english()
    grounds = [f"{ground.key}: {reason_text(ground, shown_in)}" for ground in diagnosis.grounds]
    against = [
        f"against ({ground.key}): {reason_text(ground, shown_in)}" for ground in diagnosis.against
    ]
    steps = [
        f"{step}: {suggestion_text(made.reason, shown_in)}"
        for step, made in conclusion.suggestions.items()
    ]
    return grounds + against + steps


def _lines(conclusion: Conclusion) -> str:
    suggested = " ".join(f"{step}={answer}" for step, answer in _suggested(conclusion).items())
    when = f"{conclusion.expected.at:>7g} s  {conclusion.asker:<10}"
    head = f"{when} {conclusion.diagnosis.fault.value:<12} {suggested}  next {conclusion.next}"
    reasons = [f"           {reason}" for reason in _reasons(conclusion)]
    unmet = [f"           NOT MET  {line}" for line in conclusion.unmet]
    return "\n".join([head, *reasons, *unmet])


def replay_records(
    outage: str | None,
    limits: tuple[datetime | None, datetime | None],
    folder: Path | None,
    *,
    as_json: bool,
) -> None:
    """Print the events; unless `as_json`, also say when each outage would have been suspected."""
    # This imports pandas, which a scenario does not need.
    from procedure.records import Records  # noqa: PLC0415

    settings = Settings.from_env()
    handbook = load_handbook(folder or settings.handbook)
    with open_existing(settings) as database:
        since, until = _span(database, outage, *limits)
        records = Records(database.journal, database.history, handbook, since=since, until=until)
        rows = frames.records(records.replayed(settings.suspect_after))
    for row in rows:
        values = {**row, "at": format_utc(row["at"])}
        click.echo(json_line(values) if as_json else _line(row))
    if not as_json:
        for line in _compared(rows):
            click.echo(line)


def _span(
    database: Database, outage: str | None, since: datetime | None, until: datetime | None
) -> tuple[datetime, datetime]:
    """Return the period to replay: as given, or else around the outage, or else the last day.

    Raises:
        click.BadParameter: no outage has this id, or several ids begin with it.
    """
    now = utc_now()
    if outage is not None:
        first, last = span(find_record(outage_log(database).records(), outage), now)
        return since or first, until or last
    return since or (until or now) - DAY, until or now


def _line(row: Row) -> str:
    event = f"{row['step']} suggests" if row["event"] == "suggestion" else row["event"]
    value = row["value"] or ("none" if row["event"] == "suggestion" else "")
    return f"{local(row['at']):%Y-%m-%d %H:%M:%S}  {event.replace('_', ' '):13}  {value}".rstrip()


def _compared(rows: list[Row]) -> Iterator[str]:
    """Yield a line about each declared outage, saying when it would have been suspected."""
    suspected = [row["at"] for row in rows if row["event"] == "suspected"]
    for outage in dict.fromkeys(row["outage"] for row in rows if row["outage"]):
        own = {row["event"]: row for row in rows if row["outage"] == outage}
        begun, declared = own["begun"]["at"], own["declared"]["at"]
        until = own["ended"]["at"] if "ended" in own else rows[-1]["at"]
        first = next((at for at in suspected if begun <= at <= until), None)
        yield f"{outage[:8]} {own['declared']['value']}: {_suspected(first, declared)}."


def _suspected(suspected: datetime | None, declared: datetime) -> str:
    if suspected is None:
        return "not suspected"
    when = "before" if declared >= suspected else "after"
    return f"suspected {format_duration(abs(declared - suspected))} {when} it was declared"

"""`relais report`: shows the availability of each address and service."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

import click

from dashboard.cli.instants import (
    Instant,
    check_span,
    format_duration,
    format_local,
    format_utc,
)
from dashboard.cli.open_database import database_option, open_existing
from dashboard.cli.output import Row, json_line
from dashboard.settings import Settings
from procedure import frames
from procedure.io.clock import utc_now
from procedure.io.handbook_files import load_handbook
from procedure.records import Records

MONTH = timedelta(days=30)


@click.command()
@click.option(
    "--since", type=Instant(), help="Only from this time on; by default, the last thirty days."
)
@click.option("--until", type=Instant(), help="Only before this time; by default, now.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per address or service.")
@database_option
def report(*, since: datetime | None, until: datetime | None, as_json: bool) -> None:
    """Show the availability of each address and service, and list its outages.

    Percentages are given with and without announced work, and exclude time without a known status.
    Outages that overlap the period are listed in full.

    Example: `relais report --since 2026-01-01`.
    """
    check_span(since, until)
    last = until or utc_now()
    handbook = load_handbook(Settings.from_env().handbook)
    with open_existing() as database:
        first = since or last - MONTH
        records = Records(database.journal, database.history, handbook, since=first, until=last)
        whole = records.availability(None)
        unplanned = records.availability(None, planned=False)[["target", "down", "ratio"]]
        outages = frames.downtimes(records.past.downtimes(records.past.states))
    of_key: dict[str, list[Row]] = defaultdict(list)
    for outage in frames.records(outages):
        of_key[outage["target"]].append(outage)
    rows = frames.records(whole.merge(unplanned, on="target", suffixes=("", "_without_planned")))
    width = max((len(row["target"]) for row in rows), default=0)
    for row in rows:
        own = of_key[row["target"]]
        if as_json:
            click.echo(json_line(_object(row, own)))
        else:
            click.echo("\n".join([_line(row, width), *map(_outage_line, own)]))


def _line(row: Row, width: int) -> str:
    whole, without = _share(row["ratio"]), _share(row["ratio_without_planned"])
    return f"{row['target']:{width}}  {whole:>9}  without announced work {without}"


def _share(ratio: float | None) -> str:
    return "not read" if ratio is None else f"{100 * ratio:.3f} %"


def _outage_line(outage: Row) -> str:
    end = outage["end"]
    lasted = "ongoing" if end is None else format_duration(outage["lasted"])
    times = f"{format_local(outage['start'])}  {format_local(end):16}  {lasted:>12}"
    return f"    {times}  {', '.join(_remarks(outage))}".rstrip()


def _remarks(outage: Row) -> Iterator[str]:
    if outage["cause"]:
        yield outage["cause"]
    if outage["planned"]:
        yield "planned"
    if outage["official_start"]:
        first, last = (format_local(outage[f"official_{name}"]) for name in ("start", "end"))
        yield f"announced {first} to {last}"
    if outage["unread"]:
        yield f"not read for {format_duration(outage['unread'])}"


def _object(row: Row, outages: list[Row]) -> Row:
    """Return a row for JSON, with durations in seconds.

    `unread_s` includes the time during which the status was unknown.
    """
    return {
        "key": row["target"],
        "ratio": row["ratio"],
        "down_s": row["down"].total_seconds(),
        "unread_s": (row["unread"] + row["unknown"]).total_seconds(),
        "ratio_without_planned": row["ratio_without_planned"],
        "down_s_without_planned": row["down_without_planned"].total_seconds(),
        "outages": [_outage_object(outage) for outage in outages],
    }


def _outage_object(outage: Row) -> Row:
    """Return an outage for JSON, with instants in UTC and durations in seconds."""
    lasted = outage["lasted"]
    return {
        "start": format_utc(outage["start"]),
        "end": format_utc(outage["end"]),
        "lasted_s": None if lasted is None else lasted.total_seconds(),
        "unread_s": outage["unread"].total_seconds(),
        "cause": outage["cause"],
        "planned": outage["planned"],
        "official_start": format_utc(outage["official_start"]),
        "official_end": format_utc(outage["official_end"]),
    }

"""`relais replay` of what was recorded: conclusions and suggestions beside what was declared."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from dashboard.cli.database import find_record, open_existing, outage_log
from dashboard.cli.instants import format_duration, format_utc
from dashboard.settings import Settings
from procedure import frames
from procedure.io.clock import utc_now
from procedure.io.database.database import Database
from procedure.io.handbook_files import load_handbook
from procedure.local_time import local
from procedure.outages.dossier import span
from procedure.records import Records

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What is replayed: an outage by its id, or a span; the last day if neither is given."""

    outage: str | None
    since: datetime | None
    until: datetime | None

    def span(self, database: Database) -> tuple[datetime, datetime]:
        """Return the span (UTC): of an outage with a margin around it, unless one is given.

        Raises:
            click.BadParameter: no outage has this id.
        """
        now = utc_now()
        if self.outage is not None:
            since, until = span(find_record(outage_log(database).records(), self.outage), now)
            return self.since or since, self.until or until
        until = self.until or now
        return self.since or until - DAY, until


def replay_records(replayed: Replayed, folder: Path | None, *, as_json: bool) -> None:
    """Print one line an event, and how long each outage was suspected before it was declared."""
    settings = Settings.from_env()
    handbook = load_handbook(folder or settings.handbook)
    with open_existing(settings) as database:
        since, until = replayed.span(database)
        records = Records(database.journal, database.history, handbook, since=since, until=until)
        rows = frames.records(records.replayed(settings.suspect_after))
    for row in rows:
        click.echo(json.dumps(_object(row), ensure_ascii=False) if as_json else _line(row))
    if not as_json:
        for line in _compared(rows):
            click.echo(line)


def _line(row: Mapping[str, Any]) -> str:
    event = f"{row['step']} suggests" if row["event"] == "suggestion" else row["event"]
    value = row["value"] or ("none" if row["event"] == "suggestion" else "")
    return f"{local(row['at']):%Y-%m-%d %H:%M:%S}  {event.replace('_', ' '):13}  {value}".rstrip()


def _object(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "at": format_utc(row["at"])}


def _compared(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Yield for each declared outage when it would have been suspected."""
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

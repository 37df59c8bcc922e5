"""`relais outages`: the downtimes that the server saw, of each target or of each service."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click

from dashboard.cli.history.records import RecordedPast, window
from dashboard.cli.instants import check_window, shown, spelt, stamp
from dashboard.cli.target_key import check_target, known_targets
from dashboard.settings import Settings
from procedure import frames
from procedure.io.database.database import open_database


@click.command()
@window
@click.option(
    "--by",
    type=click.Choice(["target", "service"]),
    default="target",
    help="Of each address, or of each service: a step of the papers, down when all its ways are.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def outages(
    *, since: datetime | None, until: datetime | None, target: str | None, by: str, as_json: bool
) -> None:
    """List the outages that the server saw, with what was announced; times are Geneva's."""
    check_window(since, until)
    with open_database(Settings.from_env().database_url, now=_now, create=False) as database:
        past = RecordedPast.of(database)
        services = [one.key for one in past.services]
        check_target(target, services if by == "service" else known_targets(database))
        frame = frames.downtimes(past.downtimes(since, until, target, by_service=by == "service"))
    found = frames.records(frame)
    if as_json:
        for downtime in found:
            click.echo(json.dumps(_object(downtime, by), ensure_ascii=False))
        return
    width = max((len(downtime["target"]) for downtime in found), default=0)
    for downtime in found:
        click.echo(_line(downtime, width))
    click.echo(f"{len(found)} outage{'' if len(found) == 1 else 's'}.")


def _line(downtime: Mapping[str, Any], width: int) -> str:
    start, end, unread = downtime["start"], downtime["end"], downtime["unread"]
    lasted = "lasts" if end is None else spelt(downtime["lasted"])
    words = [downtime["cause"] or "", "planned" * downtime["planned"], _announced(downtime)]
    if unread:
        words.append(f"not read for {spelt(unread)} of it")
    why = ", ".join(word for word in words if word)
    line = f"{downtime['target']:{width}}  {shown(start)}  {shown(end):16}  {lasted:>12}"
    return f"{line}  {why}".rstrip()


def _announced(downtime: Mapping[str, Any]) -> str:
    start = downtime["official_start"]
    return f"announced {shown(start)} to {shown(downtime['official_end'])}" if start else ""


def _object(downtime: Mapping[str, Any], by: str) -> dict[str, Any]:
    """Return a row for JSON: instants in UTC, durations in seconds."""
    lasted = downtime["lasted"]
    return {
        by: downtime["target"],
        "start": stamp(downtime["start"]),
        "end": stamp(downtime["end"]),
        "lasted_s": None if lasted is None else lasted.total_seconds(),
        "unread_s": downtime["unread"].total_seconds(),
        "cause": downtime["cause"],
        "planned": downtime["planned"],
        "official_start": stamp(downtime["official_start"]),
        "official_end": stamp(downtime["official_end"]),
    }


def _now() -> datetime:
    return datetime.now(UTC)

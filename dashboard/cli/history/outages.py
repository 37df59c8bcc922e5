"""`relais outages`: the recorded downtimes of each target or of each service."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click

from dashboard.cli.database import database_option, open_existing
from dashboard.cli.history.records import records_of, window
from dashboard.cli.instants import check_window, format_duration, format_local, format_utc
from dashboard.cli.target_key import check_target, known_targets
from procedure import frames
from procedure.handbook.services import services


@click.command()
@window
@click.option(
    "--by",
    type=click.Choice(["target", "service"]),
    default="target",
    help="Of each address, or of each service: a step of the procedure, down with all its ways.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@database_option
def outages(
    *, since: datetime | None, until: datetime | None, target: str | None, by: str, as_json: bool
) -> None:
    """List the outages that the server saw, with what was announced; times are Geneva's."""
    check_window(since, until)
    with open_existing() as database:
        records = records_of(database, since, until)
        known = [service.key for service in services(records.handbook)]
        check_target(target, known if by == "service" else known_targets(database))
        frame = records.service_outages if by == "service" else records.outages
    downtimes = frames.records(frame if target is None else frame[frame[by] == target])
    if as_json:
        for downtime in downtimes:
            click.echo(json.dumps(_object(downtime, by), ensure_ascii=False))
        return
    width = max((len(downtime[by]) for downtime in downtimes), default=0)
    for downtime in downtimes:
        click.echo(_line(downtime, downtime[by], width))
    click.echo(f"{len(downtimes)} outage{'' if len(downtimes) == 1 else 's'}.")


def _line(downtime: Mapping[str, Any], key: str, width: int) -> str:
    start, end, unread = downtime["start"], downtime["end"], downtime["unread"]
    lasted = "lasts" if end is None else format_duration(downtime["lasted"])
    remarks = [downtime["cause"] or "", "planned" * downtime["planned"], _announced(downtime)]
    if unread:
        remarks.append(f"not read for {format_duration(unread)} of it")
    line = f"{key:{width}}  {format_local(start)}  {format_local(end):16}  {lasted:>12}"
    return f"{line}  {', '.join(remark for remark in remarks if remark)}".rstrip()


def _announced(downtime: Mapping[str, Any]) -> str:
    start = downtime["official_start"]
    return (
        f"announced {format_local(start)} to {format_local(downtime['official_end'])}"
        if start
        else ""
    )


def _object(downtime: Mapping[str, Any], by: str) -> dict[str, Any]:
    """Return a row for JSON: instants in UTC, durations in seconds."""
    lasted = downtime["lasted"]
    return {
        by: downtime[by],
        "start": format_utc(downtime["start"]),
        "end": format_utc(downtime["end"]),
        "lasted_s": None if lasted is None else lasted.total_seconds(),
        "unread_s": downtime["unread"].total_seconds(),
        "cause": downtime["cause"],
        "planned": downtime["planned"],
        "official_start": format_utc(downtime["official_start"]),
        "official_end": format_utc(downtime["official_end"]),
    }

"""`relais availability`: how available each address and service was, announced work or not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from dashboard.cli.history.records import Available, RecordedPast
from dashboard.cli.instants import Instant, check_window
from dashboard.settings import Settings
from procedure.io.database.database import open_database
from procedure.monitoring.downtime import Availability

MONTH = timedelta(days=30)


@click.command()
@click.option("--since", type=Instant(), help="From this time on; thirty days ago if not given.")
@click.option("--until", type=Instant(), help="Only before this time; now if not given.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def availability(*, since: datetime | None, until: datetime | None, as_json: bool) -> None:
    """Tell how available each address and each service was, with announced work and without it.

    Time in which nothing was read, or nothing could be told, is in no share.
    """
    check_window(since, until)
    last = until or datetime.now(UTC)
    with open_database(Settings.from_env().database_url, now=_now, create=False) as database:
        found = RecordedPast.of(database).available(since or last - MONTH, last)
    width = max((len(one.key) for one in found), default=0)
    for one in found:
        click.echo(json.dumps(_object(one), ensure_ascii=False) if as_json else _line(one, width))


def _line(one: Available, width: int) -> str:
    return (
        f"{one.key:{width}}  {_share(one.all):>9}  without announced work {_share(one.unplanned)}"
    )


def _share(one: Availability) -> str:
    return "not read" if one.ratio is None else f"{100 * one.ratio:.3f} %"


def _object(one: Available) -> dict[str, Any]:
    return {
        "key": one.key,
        "ratio": one.all.ratio,
        "down_s": one.all.down.total_seconds(),
        "unread_s": (one.all.unread + one.all.unknown).total_seconds(),
        "ratio_without_planned": one.unplanned.ratio,
        "down_s_without_planned": one.unplanned.down.total_seconds(),
    }


def _now() -> datetime:
    return datetime.now(UTC)

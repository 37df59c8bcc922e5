"""`relais availability`: how available each address and service was, announced work or not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from dashboard.cli.history.records import RecordedPast
from dashboard.cli.instants import Instant, check_window
from dashboard.settings import Settings
from procedure import frames
from procedure.io.database.database import open_database

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
        figures = RecordedPast.of(database).availability(since or last - MONTH, last)
    found = frames.records(frames.availability(figures))
    width = max((len(one["target"]) for one in found), default=0)
    for one in found:
        click.echo(json.dumps(_object(one), ensure_ascii=False) if as_json else _line(one, width))


def _line(row: Mapping[str, Any], width: int) -> str:
    whole, without = _share(row["ratio"]), _share(row["ratio_without_planned"])
    return f"{row['target']:{width}}  {whole:>9}  without announced work {without}"


def _share(ratio: float | None) -> str:
    return "not read" if ratio is None else f"{100 * ratio:.3f} %"


def _object(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row for JSON, durations in seconds; `unread_s` is all that is not known."""
    return {
        "key": row["target"],
        "ratio": row["ratio"],
        "down_s": row["down"].total_seconds(),
        "unread_s": (row["unread"] + row["unknown"]).total_seconds(),
        "ratio_without_planned": row["ratio_without_planned"],
        "down_s_without_planned": row["down_without_planned"].total_seconds(),
    }


def _now() -> datetime:
    return datetime.now(UTC)

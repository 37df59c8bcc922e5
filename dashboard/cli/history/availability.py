"""`relais availability`: how available each address and service was, announced work or not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import click

from dashboard.cli.database import database_option, open_existing
from dashboard.cli.history.records import records_of
from dashboard.cli.instants import Instant, check_window
from procedure import frames
from procedure.io.clock import utc_now

MONTH = timedelta(days=30)


@click.command()
@click.option("--since", type=Instant(), help="From this time on; thirty days ago if not given.")
@click.option("--until", type=Instant(), help="Only before this time; now if not given.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@database_option
def availability(*, since: datetime | None, until: datetime | None, as_json: bool) -> None:
    """Tell how available each address and each service was, with announced work and without it.

    Time in which nothing was read, or no verdict was possible, is in no share.
    """
    check_window(since, until)
    last = until or utc_now()
    with open_existing() as database:
        records = records_of(database, since or last - MONTH, last)
        whole = records.availability(None)
        unplanned = records.availability(None, planned=False)[["target", "down", "ratio"]]
    both = whole.merge(unplanned, on="target", suffixes=("", "_without_planned"))
    rows = frames.records(both)
    width = max((len(row["target"]) for row in rows), default=0)
    for row in rows:
        click.echo(json.dumps(_object(row), ensure_ascii=False) if as_json else _line(row, width))


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

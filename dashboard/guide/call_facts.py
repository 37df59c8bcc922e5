"""What a page knows for a call: the server's cells, the workstations' looks, the answers given."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from dashboard.guide.guide import Guide
from procedure.monitoring.model import SERVER
from procedure.outages.call_text import CallFacts, Observation, call_facts

LOOK_COUNTS = timedelta(minutes=15)  # of a workstation: older, it says nothing about now


def calling(guide: Guide) -> CallFacts:
    """Gather the facts for a call, as seen from this page at this moment."""
    looks = [*_server(guide), *_workstations(guide)]
    targets = [row.target.key for row in guide.grid.rows]
    return call_facts(looks, guide.path, at=guide.context.now(), targets=targets)


def _server(guide: Guide) -> Iterator[Observation]:
    for row in guide.grid.rows:
        for cell in row.cells:
            if cell.vantage == SERVER.key and cell.newest is not None:
                yield Observation(cell.vantage, "", cell.verdict, cell.newest, cell.since)


def _workstations(guide: Guide) -> Iterator[Observation]:
    now, registry = guide.context.now(), guide.context.workstations
    for (_, key), outcome in registry.latest.items():
        if now - outcome.at <= LOOK_COUNTS and key in registry.vantages:
            yield Observation(key, registry.vantages[key].site, outcome.verdict, outcome)

"""Comparison of the outages derived from probes with a list of incidents from elsewhere."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from procedure.errors import HistoryFileError
from procedure.monitoring.downtime import Downtime, overlaps
from procedure.monitoring.history_csv import read_instant

COLUMNS = ("target", "start", "end")


@dataclass(frozen=True, slots=True)
class Incident:
    """A target down from start to end (aware UTC), according to another monitor or a vendor.

    `end` is None while it lasts.
    """

    target: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result of a comparison: equal pairs, overlapping pairs, and the rest of either list."""

    same: tuple[tuple[Downtime, Incident], ...]
    different: tuple[tuple[Downtime, Incident], ...]
    only_ours: tuple[Downtime, ...]
    only_theirs: tuple[Incident, ...]


def compare(
    ours: Sequence[Downtime], theirs: Sequence[Incident], *, tolerance: timedelta = timedelta()
) -> Comparison:
    """Pair each outage with an incident of its target, once at most.

    A pair is the same if both ends are within `tolerance`; what is left is paired where it
    overlaps.
    """

    def alike(ours: Downtime, theirs: Incident) -> bool:
        return _is_close(ours.start, theirs.start, tolerance) and _is_close(
            ours.end, theirs.end, tolerance
        )

    def overlapping(ours: Downtime, theirs: Incident) -> bool:
        return overlaps(ours, theirs.start, theirs.end)

    same, ours, theirs = _pair(ours, theirs, alike)
    different, ours, theirs = _pair(ours, theirs, overlapping)
    return Comparison(tuple(same), tuple(different), tuple(ours), tuple(theirs))


def read_incidents(lines: Iterable[str]) -> Iterator[Incident]:
    """Yield the incidents of a CSV list with the columns `target`, `start` and `end`.

    Other columns are ignored. Instants are ISO 8601 with an offset; an empty end means that the
    incident lasts.

    Raises:
        HistoryFileError: a column is missing, or an instant cannot be parsed.
    """
    rows = csv.DictReader(lines)
    missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
    if missing:
        raise HistoryFileError(
            f"the first line names no column for {', '.join(missing)}; "
            "a list of incidents needs target, start and end"
        )
    for row in rows:
        try:
            start = read_instant(row["start"])
            end = read_instant(row["end"]) if row["end"] else None
        except ValueError as fault:
            raise HistoryFileError(str(fault), line=rows.line_num) from None
        yield Incident(row["target"], start, end)


def _pair(
    ours: Sequence[Downtime], theirs: Sequence[Incident], fits: Callable[[Downtime, Incident], bool]
) -> tuple[list[tuple[Downtime, Incident]], list[Downtime], list[Incident]]:
    pairs: list[tuple[Downtime, Incident]] = []
    unmatched: list[Downtime] = []
    remaining = list(theirs)
    for outage in ours:
        match = next(
            (
                incident
                for incident in remaining
                if incident.target == outage.target and fits(outage, incident)
            ),
            None,
        )
        if match is None:
            unmatched.append(outage)
        else:
            remaining.remove(match)
            pairs.append((outage, match))
    return pairs, unmatched, remaining


def _is_close(ours: datetime | None, theirs: datetime | None, tolerance: timedelta) -> bool:
    if ours is None or theirs is None:
        return ours is theirs
    return abs(ours - theirs) <= tolerance

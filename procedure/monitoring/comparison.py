"""The outages that we derive against a list of incidents that somebody else keeps."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from procedure.errors import HistoryFileError
from procedure.monitoring.downtime import Downtime
from procedure.monitoring.history_csv import read_instant

COLUMNS = ("target", "start", "end")


@dataclass(frozen=True, slots=True)
class Incident:
    """What another monitor, or a vendor, says: a target down from start to end (aware UTC).

    `end` is None while it lasts.
    """

    target: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two lists agree: pairs that are the same, pairs that only overlap, and what is alone."""

    same: tuple[tuple[Downtime, Incident], ...]
    different: tuple[tuple[Downtime, Incident], ...]
    only_ours: tuple[Downtime, ...]
    only_theirs: tuple[Incident, ...]


def compare(
    ours: Sequence[Downtime], theirs: Sequence[Incident], *, tolerance: timedelta = timedelta()
) -> Comparison:
    """Pair each outage with an incident of its target: the same if both ends are that close.

    What is left is paired where it overlaps, each but once; the rest is alone.
    """

    def alike(one: Downtime, other: Incident) -> bool:
        return _close(one.start, other.start, tolerance) and _close(one.end, other.end, tolerance)

    same, ours, theirs = _pair(ours, theirs, alike)
    different, ours, theirs = _pair(ours, theirs, _overlap)
    return Comparison(tuple(same), tuple(different), tuple(ours), tuple(theirs))


def read_incidents(lines: Iterable[str]) -> Iterator[Incident]:
    """Read a CSV list with the columns `target`, `start` and `end`; others are passed over.

    Instants are ISO 8601 with their offset; an empty end means that it still lasts.

    Raises:
        HistoryFileError: a column is missing, or an instant cannot be read.
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
    alone: list[Downtime] = []
    left = list(theirs)
    for one in ours:
        found = next((it for it in left if it.target == one.target and fits(one, it)), None)
        if found is None:
            alone.append(one)
        else:
            left.remove(found)
            pairs.append((one, found))
    return pairs, alone, left


def _close(one: datetime | None, other: datetime | None, tolerance: timedelta) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= tolerance


def _overlap(one: Downtime, other: Incident) -> bool:
    begun = one.end is None or other.start < one.end
    return begun and (other.end is None or one.start < other.end)

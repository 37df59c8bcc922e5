"""Our outages against another list: the same, other times, or alone on one side."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from procedure.errors import HistoryFileError
from procedure.monitoring.comparison import Comparison, Incident, compare, read_incidents
from procedure.monitoring.downtime import Downtime

START = datetime(2026, 5, 10, 9, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def ours(start: float, end: float | None, target: str = "web") -> Downtime:
    return Downtime(target, at(start), None if end is None else at(end), None)


def theirs(start: float, end: float | None, target: str = "web") -> Incident:
    return Incident(target, at(start), None if end is None else at(end))


def test_compare_pairs_each_outage_once_equal_before_overlapping() -> None:
    outages = [ours(0, 10), ours(20, 30), ours(40, 50), ours(60, None)]
    incidents = [theirs(0, 10), theirs(25, 45), theirs(60, None), theirs(70, 80, "other")]
    assert compare(outages, incidents) == Comparison(
        same=((outages[0], incidents[0]), (outages[3], incidents[2])),
        different=((outages[1], incidents[1]),),
        only_ours=(outages[2],),
        only_theirs=(incidents[3],),
    )


def test_compare_tolerates_differing_times_at_both_ends() -> None:
    one, other = ours(0, 10), theirs(1, 9)
    minute = timedelta(minutes=1)
    assert compare([one], [other], tolerance=minute).same == ((one, other),)
    less = timedelta(seconds=59)
    assert compare([one], [other], tolerance=less).different == ((one, other),)


def test_compare_tells_an_open_outage_from_an_ended_one() -> None:
    comparison = compare([ours(0, None)], [theirs(0, 10)], tolerance=timedelta(days=1))
    assert (len(comparison.same), len(comparison.different)) == (0, 1)


def test_compare_touching_outages_do_not_overlap() -> None:
    comparison = compare([ours(0, 10)], [theirs(10, 20)])
    assert (len(comparison.only_ours), len(comparison.only_theirs)) == (1, 1)


def test_read_incidents_ignores_other_columns() -> None:
    lines = [
        "target,start,end,minutes\n",
        "web,2026-05-10T11:00:00+02:00,2026-05-10T09:10:00Z,10\n",
        "web,2026-05-10T10:00:00Z,,\n",
    ]
    assert list(read_incidents(lines)) == [theirs(0, 10), theirs(60, None)]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            ["service,start\n"],
            (
                "the first line names no column for target, end; "
                "a list of incidents needs target, start and end"
            ),
        ),
        (
            ["target,start,end\n", "web,2026-05-10T10:00:00,\n"],
            "line 2: '2026-05-10T10:00:00' is not an instant; write it like 2026-11-24T09:12:00Z",
        ),
        (
            ["target,start,end\n", "web,soon,\n"],
            "line 2: 'soon' is not an instant; write it like 2026-11-24T09:12:00Z",
        ),
    ],
)
def test_read_incidents_refuses_an_unreadable_list(lines: list[str], message: str) -> None:
    with pytest.raises(HistoryFileError) as refused:
        list(read_incidents(lines))
    assert str(refused.value) == message

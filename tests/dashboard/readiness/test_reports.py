"""The report from a workstation's browser is checked, and then recorded once."""

from datetime import timedelta
from typing import Any

import pytest

from dashboard.core.context import AppContext
from dashboard.readiness.reports import record_report
from procedure.readiness.workstation_check import WorkstationCheck
from tests.support.clock import NOON, Clock

SCANNED = (NOON - timedelta(minutes=3)).timestamp() * 1000


def checks(context: AppContext) -> list[tuple[Any, ...]]:
    context.folds.update()
    entries = [entry.entry for entry in context.store.journal.since()]
    assert all(isinstance(entry, WorkstationCheck) for entry in entries)
    return [
        (entry.workstation, entry.desk, entry.lacks, entry.skew_s, entry.scanned_at)  # type: ignore[attr-defined]
        for entry in entries
    ]


def test_record_report_records_the_same_report_once(context: AppContext, clock: Clock) -> None:
    report = {"what": "storage", "behind_s": 60.04, "scanned_ms": SCANNED - 60_000}
    for _ in range(2):
        record_report(context, "prêt 1", "MAIL", report)
        clock.pass_by(minutes=1)
        recorded = checks(context)
    scanned_at = NOON - timedelta(minutes=3) + timedelta(seconds=0.04)
    assert recorded == [("prêt 1", "MAIL", "storage", 60.0, scanned_at)]


@pytest.mark.parametrize(
    ("report", "kept"),
    [
        ({}, (None, None)),
        ({"behind_s": None, "scanned_ms": None}, (None, None)),
        ({"behind_s": "12", "scanned_ms": "yesterday"}, (None, None)),
        ({"behind_s": float("nan"), "scanned_ms": 1e300}, (None, None)),
        ({"behind_s": True, "scanned_ms": -5}, (None, None)),
        ({"scanned_ms": SCANNED + 1e9}, (None, NOON)),  # a clock that is ahead
    ],
)
def test_record_report_leaves_out_invalid_values(
    context: AppContext, report: dict[str, object], kept: tuple[object, object]
) -> None:
    record_report(context, "prêt 1", "NOWHERE", {"what": "nothing"} | report)
    assert checks(context) == [("prêt 1", "", "nothing", *kept)]


@pytest.mark.parametrize(
    ("name", "what"), [("", "nothing"), ("prêt\n1", "nothing"), ("prêt 1", "all"), ("prêt 1", None)]
)
def test_record_report_ignores_other_messages(context: AppContext, name: str, what: object) -> None:
    record_report(context, name, "MAIL", {"what": what})
    assert checks(context) == []

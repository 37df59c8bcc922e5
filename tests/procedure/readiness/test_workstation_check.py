"""A workstation's report is recorded if it has changed or the previous report is old."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from procedure.readiness.workstation_check import WorkstationCheck, WorkstationChecks
from tests.support.memory import recorded

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
CHECK = WorkstationCheck(UUID(int=1), NOON, "prêt 1", "MAIL", "storage", 3.0, NOON)


@pytest.mark.parametrize(
    ("changes", "news"),
    [
        ({}, False),
        ({"at": NOON + timedelta(hours=13)}, True),
        ({"workstation": "prêt 2"}, True),
        ({"lacks": "nothing"}, True),
        ({"desk": "CMU"}, True),
        ({"skew_s": -119.0}, False),
        ({"skew_s": 121.0}, True),
        ({"scanned_at": NOON + timedelta(hours=2)}, False),
        ({"scanned_at": NOON + timedelta(days=1)}, True),
    ],
)
def test_is_news_if_a_report_has_changed(changes: dict[str, Any], news: bool) -> None:
    checks = WorkstationChecks()
    assert checks.is_news(CHECK)
    checks.extend(recorded(CHECK))
    assert checks.is_news(replace(CHECK, **changes)) is news


def test_workstation_checks_have_the_newest_report() -> None:
    checks = WorkstationChecks()
    newer = replace(CHECK, id=UUID(int=2), lacks="nothing")
    other = replace(CHECK, id=UUID(int=3), workstation="prêt 2")
    checks.extend(recorded(CHECK, other, newer))
    assert checks.newest == {"prêt 1": newer, "prêt 2": other}

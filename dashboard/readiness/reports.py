"""Records the reports that workstations' browsers send about themselves."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from dashboard.core.context import AppContext
from procedure.readiness.workstation_check import LACKS, WorkstationCheck

LONGEST_NAME = 80
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def record_report(
    context: AppContext, workstation: str, desk: str, report: Mapping[str, object]
) -> None:
    """Record a report, unless the workstation's last report is recent and says the same.

    `report` has `what` (one of `LACKS`), and optionally `behind_s` (how far the workstation's clock
    is behind, in seconds) and `scanned_ms` (the time of the last scan by that clock, in
    milliseconds). Invalid reports, and reports from a workstation without a name, are ignored.
    """
    missing_feature, name = report.get("what"), workstation.strip()[:LONGEST_NAME]
    if missing_feature not in LACKS or not name or not name.isprintable():
        return
    behind = _number(report.get("behind_s"))
    check = WorkstationCheck(
        id=context.clock.new_id(),
        at=context.clock.now(),
        workstation=name,
        desk=desk if desk in context.handbook.current.desks else "",
        lacks=str(missing_feature),
        skew_s=None if behind is None else round(behind, 1),
        scanned_at=_scanned_at(_number(report.get("scanned_ms")), behind or 0, context.clock.now()),
    )
    if context.folds.workstation_checks.is_news(check):
        context.store.journal.submit(
            check
        )  # not awaited: the report is sent again when the page is next opened


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _scanned_at(made_ms: float | None, behind: float, now: datetime) -> datetime | None:
    """Return a scan's time by the server's clock, or None if it is missing or implausible."""
    try:
        at = EPOCH + timedelta(milliseconds=made_ms or 0, seconds=behind)
    except OverflowError:
        return None
    return min(at, now) if at.year > EPOCH.year else None

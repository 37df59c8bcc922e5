"""One cell of the grid: the status of a target as seen from a vantage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from procedure.monitoring.board import TargetStatus
from procedure.monitoring.downtime import READING_HOLDS
from procedure.monitoring.model import FailureCause, Outcome, Status, Target


@dataclass(frozen=True, slots=True)
class GridCell:
    """A target seen from a vantage.

    `status` is the one to show: `unknown` before the first reading and once the newest one is
    `stale`, that is older than three intervals. `since` is when the status began to hold; for a
    stale cell, when it was last read. `newest` is the raw outcome of the last attempt, None before
    the first; where it contradicts the status, that is `doubtful`. `flapping` says that
    the target changes often. `hour` are the outcomes of the last hour, made every `interval`.
    `step` of the procedure names the target. All instants are aware UTC.
    """

    target: str
    vantage: str
    status: Status = Status.UNKNOWN
    cause: FailureCause | None = None
    since: datetime | None = None
    newest: Outcome | None = None
    stale: bool = False
    doubtful: bool = False
    flapping: bool = False
    fresh_until: datetime | None = None
    hour: tuple[Outcome, ...] = ()
    step: str = ""
    interval: timedelta = timedelta(minutes=1)

    @property
    def key(self) -> str:
        """Name the cell within the page: `alma-saml/server`."""
        return f"{self.target}/{self.vantage}"

    @property
    def unread(self) -> bool:
        """Whether nothing was read yet."""
        return self.newest is None


def cell(
    target: Target, vantage: str, judged: TargetStatus | None, hour: tuple[Outcome, ...]
) -> GridCell:
    """Return the cell of a target from its status now and the outcomes of the last hour."""
    read = GridCell(target.key, vantage, hour=hour, step=target.step, interval=target.interval)
    if judged is None:
        return read
    return replace(
        read,
        status=judged.status,
        cause=judged.cause,
        since=judged.since,
        newest=judged.outcome,
        stale=judged.stale,
        doubtful=judged.doubtful,
        flapping=judged.flapping,
        fresh_until=None if judged.stale else judged.at + READING_HOLDS * target.interval,
    )

"""What the neighbours see of the addresses that they share with us, laid beside our own cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from procedure.monitoring.model import FailureCause, Status
from procedure.monitoring.neighbours import BoardProblem, Neighbour, NeighbourBoard


@dataclass(frozen=True, slots=True)
class NeighbourCell:
    """A target as a neighbour sees it: a cell of the neighbour's own column.

    `verdict` is unknown once what was told is `stale`, or while it shares the target and tells
    nothing of it. `at` is when the neighbour looked, by our clock (UTC). `problem` is why nothing
    new comes.
    """

    target: str
    neighbour: Neighbour
    verdict: Status = Status.UNKNOWN
    cause: FailureCause | None = None
    at: datetime | None = None
    stale: bool = False
    broken: BoardProblem | None = None

    @property
    def key(self) -> str:
        """Name the cell within the page: `alma-saml/~lausanne`."""
        return f"{self.target}/~{self.neighbour.key}"


Beyond = Mapping[str, tuple[NeighbourCell | None, ...]]


def neighbour_cells(
    targets: Mapping[str, object],
    neighbours: Mapping[str, Neighbour],
    latest: Mapping[str, NeighbourBoard],
    now: datetime,
) -> Beyond:
    """Give, by target, one cell a neighbour in the papers' order; None where it is not shared."""
    heard = {key: latest.get(key, NeighbourBoard(key)) for key in neighbours}
    return {
        target: tuple(
            _beside(target, one, heard[key], now) if target in one.shared else None
            for key, one in neighbours.items()
        )
        for target in targets
    }


def _beside(
    target: str, neighbour: Neighbour, heard: NeighbourBoard, now: datetime
) -> NeighbourCell:
    told = heard.statuses.get(target)
    if told is None:
        return NeighbourCell(target, neighbour, broken=heard.problem)
    stale = not told.is_fresh(now)
    verdict = Status.UNKNOWN if stale else told.verdict
    cause = None if stale else told.cause
    return NeighbourCell(target, neighbour, verdict, cause, told.at, stale, heard.problem)

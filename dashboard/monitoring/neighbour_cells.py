"""What the neighbours see of the targets that they share with us."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from procedure.monitoring.model import FailureCause, Status
from procedure.monitoring.neighbour_board import BoardProblem, Neighbour, NeighbourBoard


@dataclass(frozen=True, slots=True)
class NeighbourCell:
    """A target as a neighbour sees it: a cell of the neighbour's own column.

    `status` is unknown once it is `stale`, or while the neighbour shares the target but reports
    nothing on it. `at` is when the neighbour tested it, by our clock (UTC). `problem` is why
    nothing new comes.
    """

    target: str
    neighbour: Neighbour
    status: Status = Status.UNKNOWN
    cause: FailureCause | None = None
    at: datetime | None = None
    stale: bool = False
    problem: BoardProblem | None = None

    @property
    def key(self) -> str:
        """Name the cell within the page: `alma-saml/~lausanne`."""
        return f"{self.target}/~{self.neighbour.key}"


NeighbourRows = Mapping[str, tuple[NeighbourCell | None, ...]]


def neighbour_cells(
    targets: Mapping[str, object],
    neighbours: Mapping[str, Neighbour],
    latest: Mapping[str, NeighbourBoard],
    now: datetime,
) -> NeighbourRows:
    """Return a cell a neighbour by target, in the handbook's order; None if it is not shared."""
    board = {key: latest.get(key, NeighbourBoard(key)) for key in neighbours}
    return {
        target: tuple(
            _neighbour_cell(target, one, board[key], now) if target in one.shared else None
            for key, one in neighbours.items()
        )
        for target in targets
    }


def _neighbour_cell(
    target: str, neighbour: Neighbour, board: NeighbourBoard, now: datetime
) -> NeighbourCell:
    text = board.statuses.get(target)
    if text is None:
        return NeighbourCell(target, neighbour, problem=board.problem)
    stale = not text.is_fresh(now)
    status = Status.UNKNOWN if stale else text.status
    cause = None if stale else text.cause
    return NeighbourCell(target, neighbour, status, cause, text.at, stale, board.problem)

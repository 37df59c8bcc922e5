"""The situation that the whole grid shows, and where to lend as a result.

The rules are tried in order; the first that returns cells determines the situation.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dashboard.monitoring.cell import GridCell
from procedure.diagnosis.rules import FaultLocation
from procedure.monitoring.downtime import WORKING
from procedure.monitoring.model import FailureCause, Status


class SituationKind(StrEnum):
    """The situations that the grid can show."""

    FIRST = "first"
    BLIND = "blind"
    STALE = "stale"
    ALL_DOWN = "all_down"
    ALMA_AND_OTHERS_DOWN = "alma_and_others_down"
    ALMA_DOWN = "alma_down"
    ALMA_LINK_DOWN = "alma_link_down"
    OTHERS_DOWN = "others_down"
    OTHERS_DOWN_ALMA_UNREAD = "others_down_alma_unread"
    ALMA_SLOW = "alma_slow"
    STARTING = "starting"
    ALMA_UNREAD = "alma_unread"
    NEARLY_ALL_UP = "nearly_all_up"
    OTHERS_SLOW = "others_slow"
    ALL_UP = "all_up"


FAILING = frozenset(
    {
        SituationKind.ALL_DOWN,
        SituationKind.ALMA_AND_OTHERS_DOWN,
        SituationKind.ALMA_DOWN,
        SituationKind.ALMA_LINK_DOWN,
        SituationKind.OTHERS_DOWN,
        SituationKind.OTHERS_DOWN_ALMA_UNREAD,
    }
)

ALL_WELL = frozenset({SituationKind.ALL_UP, SituationKind.OTHERS_SLOW, SituationKind.NEARLY_ALL_UP})


@dataclass(frozen=True, slots=True)
class Situation:
    """A situation: its kind, the targets concerned, the total number of targets, and its start.

    `beside` holds those targets that are not ways into the library system.
    """

    kind: SituationKind
    targets: tuple[str, ...] = ()
    of: int = 0
    since: datetime | None = None
    beside: tuple[str, ...] = ()

    @property
    def named_targets(self) -> tuple[str, ...]:
        """The targets to name: those other than Alma if there are any, otherwise all."""
        return self.beside or self.targets

    @property
    def failing(self) -> bool:
        return self.kind in FAILING

    @property
    def all_well(self) -> bool:
        """Whether Alma answers and no target is known to fail."""
        return self.kind in ALL_WELL


@dataclass(frozen=True, slots=True)
class _Sight:
    cells: tuple[GridCell, ...]
    ways_in: Collection[str]

    def alma(self, *statuses: Status) -> tuple[GridCell, ...]:
        cells = [cell for cell in self.cells if cell.target in self.ways_in]
        return tuple(cell for cell in cells if not statuses or cell.status in statuses)

    def others(self, *statuses: Status) -> tuple[GridCell, ...]:
        alma = self.alma()
        return tuple(cell for cell in self.cells if cell not in alma and cell.status in statuses)

    def all_if(self, holds: Callable[[GridCell], bool]) -> tuple[GridCell, ...]:
        return self.cells if all(map(holds, self.cells)) else ()


_Cells = tuple[GridCell, ...]
_UP, _SLOW, _DOWN, _UNKNOWN = Status.UP, Status.SLOW, Status.DOWN, Status.UNKNOWN


def _cut_off(sight: _Sight) -> _Cells:
    read = [cell for cell in sight.cells if not cell.stale and not cell.unread]
    cut = all(cell.status is _UNKNOWN and cell.cause is FailureCause.NETWORK for cell in read)
    return tuple(read) if cut else ()


def _all_stale(sight: _Sight) -> _Cells:
    return tuple(filter(_is_stale, sight.all_if(_is_unknown)))


def _is_unknown(cell: GridCell) -> bool:
    return cell.status is _UNKNOWN


def _is_stale(cell: GridCell) -> bool:
    return cell.stale


def _all_down(sight: _Sight) -> _Cells:
    known = tuple(cell for cell in sight.cells if not _is_unknown(cell))
    down = all(cell.status is _DOWN for cell in known)
    return known if down and _alma_and_others_down(sight) else ()


def _alma_down(sight: _Sight) -> _Cells:
    return sight.alma() if sight.alma() == sight.alma(_DOWN) else ()


def _alma_and_others_down(sight: _Sight) -> _Cells:
    alma, others = _alma_down(sight), sight.others(_DOWN)
    return alma + others if alma and others else ()


def _others_down(sight: _Sight) -> _Cells:
    return sight.others(_DOWN) if sight.alma(*WORKING) else ()


def _starting(sight: _Sight) -> _Cells:
    unknown = [cell for cell in sight.cells if _is_unknown(cell)]
    unread = all(cell.unread for cell in unknown)
    return sight.alma(_UP, _SLOW) + sight.others(_UP, _SLOW) if unknown and unread else ()


RULES: tuple[tuple[SituationKind, Callable[[_Sight], _Cells]], ...] = (
    (SituationKind.FIRST, lambda sight: sight.all_if(lambda cell: cell.unread)),
    (SituationKind.BLIND, _cut_off),
    (SituationKind.STALE, _all_stale),
    (SituationKind.ALL_DOWN, _all_down),
    (SituationKind.ALMA_AND_OTHERS_DOWN, _alma_and_others_down),
    (SituationKind.ALMA_DOWN, _alma_down),
    (SituationKind.ALMA_LINK_DOWN, lambda sight: sight.alma(_DOWN)),
    (SituationKind.OTHERS_DOWN, _others_down),
    (SituationKind.OTHERS_DOWN_ALMA_UNREAD, lambda sight: sight.others(_DOWN)),
    (SituationKind.STARTING, _starting),
    (SituationKind.ALMA_UNREAD, lambda sight: sight.alma(_UNKNOWN)),
    (SituationKind.ALMA_SLOW, lambda sight: sight.alma(_SLOW)),
    (SituationKind.NEARLY_ALL_UP, lambda sight: sight.others(_UNKNOWN)),
    (SituationKind.OTHERS_SLOW, lambda sight: sight.others(_SLOW)),
    (SituationKind.ALL_UP, lambda sight: sight.cells),
)


def situation(cells: Iterable[GridCell], ways_in: Collection[str]) -> Situation:
    """Return the situation, given one cell per target and the ways into Alma."""
    sight = _Sight(tuple(cells), ways_in)
    answers = ((kind, rule(sight)) for kind, rule in RULES)
    kind, concerned = next((answer for answer in answers if answer[1]), (SituationKind.FIRST, ()))
    return Situation(
        kind,
        targets=tuple(cell.target for cell in concerned),
        of=len(sight.cells),
        since=max((cell.since for cell in concerned if cell.since), default=None),
        beside=tuple(cell.target for cell in concerned if cell.target not in ways_in),
    )


# Situations in which every address has been read recently and answers.
_ANSWERS = frozenset({SituationKind.ALL_UP, SituationKind.OTHERS_SLOW})
_NOT_A_FAULT = frozenset({FaultLocation.NOTHING, FaultLocation.UNKNOWN, FaultLocation.WATCHER})


class LendIn(StrEnum):
    """Where to lend, as in `/board.json`; empty while unknown."""

    ALMA = "alma"
    RELAIS = "relais"
    NOT_KNOWN = ""


def lend_in(state: Situation, fault: FaultLocation, *, declared: bool) -> LendIn:
    """Return where to lend, given the grid, the diagnosis, and whether an outage is declared."""
    if declared or state.failing or fault not in _NOT_A_FAULT:
        return LendIn.RELAIS
    well = fault is FaultLocation.NOTHING and state.kind in _ANSWERS
    return LendIn.ALMA if well else LendIn.NOT_KNOWN

"""Where to lend now, as far as it is known: in Alma while all is well, in Relais in an outage."""

from __future__ import annotations

from enum import StrEnum

from dashboard.monitoring.situation import Situation, SituationKind
from procedure.diagnosis.rules import FaultLocation

# Every address was read lately and answers.
_ANSWERS = frozenset({SituationKind.ALL_UP, SituationKind.OTHERS_SLOW})
_NOT_A_FAULT = frozenset({FaultLocation.NOTHING, FaultLocation.UNKNOWN, FaultLocation.WATCHER})


class LendIn(StrEnum):
    """Where to lend; the keys stand in `/board.json`. Empty while it is not known."""

    ALMA = "alma"
    RELAIS = "relais"
    NOT_KNOWN = ""


def lend_in(state: Situation, fault: FaultLocation, *, declared: bool) -> LendIn:
    """Return where to lend, from the grid, the diagnosis, and whether an outage is declared."""
    if declared or state.failing or fault not in _NOT_A_FAULT:
        return LendIn.RELAIS
    well = fault is FaultLocation.NOTHING and state.kind in _ANSWERS
    return LendIn.ALMA if well else LendIn.NOT_KNOWN

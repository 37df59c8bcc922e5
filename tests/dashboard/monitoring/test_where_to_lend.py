"""Where to lend: in Alma only while every reading is fresh and well, and nobody says otherwise."""

import pytest

from dashboard.monitoring.situation import FAILING, Situation, SituationKind
from dashboard.monitoring.where_to_lend import LendIn, lend_in
from procedure.diagnosis.rules import FaultLocation


@pytest.mark.parametrize("kind", SituationKind)
@pytest.mark.parametrize("fault", FaultLocation)
def test_lend_in_alma_only_while_all_is_up(kind: SituationKind, fault: FaultLocation) -> None:
    state = Situation(kind)
    assert lend_in(state, fault, declared=True) is LendIn.RELAIS
    way = lend_in(state, fault, declared=False)
    well = (
        kind in {SituationKind.ALL_UP, SituationKind.OTHERS_SLOW} and fault is FaultLocation.NOTHING
    )
    assert (way is LendIn.ALMA) == well
    if kind in FAILING or fault not in {
        FaultLocation.NOTHING,
        FaultLocation.UNKNOWN,
        FaultLocation.WATCHER,
    }:
        assert way is LendIn.RELAIS


@pytest.mark.parametrize(
    "kind",
    [SituationKind.FIRST, SituationKind.BLIND, SituationKind.STALE, SituationKind.ALMA_UNREAD],
)
@pytest.mark.parametrize(
    "fault", [FaultLocation.NOTHING, FaultLocation.UNKNOWN, FaultLocation.WATCHER]
)
def test_lend_in_unknown_situation(kind: SituationKind, fault: FaultLocation) -> None:
    assert lend_in(Situation(kind), fault, declared=False) is LendIn.NOT_KNOWN

"""Where to lend: in Alma only while every reading is fresh and well, and nobody says otherwise."""

from __future__ import annotations

import pytest

from dashboard.monitoring.lend_in import LendIn, lend_in
from dashboard.monitoring.situation import FAILING, Kind, Situation
from procedure.diagnosis.rules import Origin


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("fault", Origin)
def test_it_is_alma_only_while_all_is_well(kind: Kind, fault: Origin) -> None:
    state = Situation(kind)
    assert lend_in(state, fault, declared=True) is LendIn.RELAIS
    found = lend_in(state, fault, declared=False)
    well = kind in {Kind.ALL_UP, Kind.OTHERS_SLOW} and fault is Origin.NOTHING
    assert (found is LendIn.ALMA) == well
    if kind in FAILING or fault not in {Origin.NOTHING, Origin.UNKNOWN, Origin.WATCHER}:
        assert found is LendIn.RELAIS


@pytest.mark.parametrize("kind", [Kind.FIRST, Kind.BLIND, Kind.STALE, Kind.ALMA_UNREAD])
@pytest.mark.parametrize("fault", [Origin.NOTHING, Origin.UNKNOWN, Origin.WATCHER])
def test_what_is_not_known_asks_nobody(kind: Kind, fault: Origin) -> None:
    assert lend_in(Situation(kind), fault, declared=False) is LendIn.NOT_KNOWN

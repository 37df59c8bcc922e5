"""Every rule of the diagnosis has its own advice, unless the grid already shows its finding."""

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.guide.diagnosis_advice import advice_by_rule
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.grid import ProbeGrid
from dashboard.translations import language
from procedure.diagnosis.rules import RULES

# The grid already shows the findings of these rules, so the rules need no advice.
SAID_BY_THE_GRID = {
    "server_silent",
    "server_cut",
    "one_alone",
    "nothing_known",
    "answers",
    "alma_silent",
    "announced",
    "outside_unread",
}


def test_every_rule_has_advice_or_a_grid_message(
    context: AppContext,
) -> None:
    diagnosis = DiagnosisState(context=context, session=Session(), grid=ProbeGrid(context=context))
    advice = advice_by_rule(diagnosis, language("fr"))
    assert advice.keys() | SAID_BY_THE_GRID == {rule.name for rule in RULES}
    assert not advice.keys() & SAID_BY_THE_GRID
    assert [
        rule for rule, advised in advice.items() if not advised.fact or advised.tone == "up"
    ] == []

"""The end: every row counted by desk and day, the tables as files, and the signature."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.reconciliation.part_view import Actions, PartView
from procedure.reconciliation.loan_state import UNDER_WAY, ReconciliationState
from procedure.reconciliation.overview import ReconciliationOverview
from procedure.reconciliation.sign_off import DayStates

_COUNTED = (
    *(ReconciliationState.CONFIRMED, ReconciliationState.RESOLVED),
    *(ReconciliationState.VOID, ReconciliationState.REFUSED),
)


class SignOffView(PartView):
    """Nobody can sign while a row waits, and the button says how many do."""

    step = "sign"

    def draw(self, now: ReconciliationOverview) -> str:
        """Return the counts and the form."""
        return self._render(
            "sign_off",
            rows=len(now.rows),
            left=now.unsettled.total(),
            days=[_counts(one) for one in now.days],
            signed=now.signed,
            shifted=now.due_shifted,
        )

    def actions(self, value: str, fields: Mapping[str, str]) -> Actions:
        """Return what its button does."""
        del value
        return {"sign": lambda: self._progress.sign(fields.get("name", ""))}


def _counts(day: DayStates) -> dict[str, object]:
    counts = {state.value: day.states.get(state, 0) for state in _COUNTED}
    return counts | {"day": day, "under_way": sum(day.states.get(one, 0) for one in UNDER_WAY)}

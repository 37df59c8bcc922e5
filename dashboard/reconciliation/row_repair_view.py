"""The row being repaired, with its details and the possible actions."""

from collections.abc import Mapping
from uuid import UUID

import param

from dashboard.core.state import needs
from dashboard.loans.reason_text import reason_texts
from dashboard.reconciliation.base_view import Actions, StepView
from dashboard.reconciliation.reconciliation_text import TitleAndHint, forecasts, outcomes, reasons
from dashboard.reconciliation.row_repair import RowRepair
from procedure.reconciliation.export_plan import LENT_FROM_CART
from procedure.reconciliation.overview import ReconciliationOverview
from procedure.reconciliation.reconciled_loan import ReconciledLoan, ReconciliationState

GOOD = (
    "corrected",
    "confirmed",
    "voided",
    "settled",
    "refused",
    "handed_on",
    "fate_made",
    "looked",
)


class RowRepairView(StepView):
    """The open row, shown above the list that it is in."""

    repair = needs(RowRepair)

    @param.depends("repair.row")
    def _is_shown(self) -> bool:
        return self.repair.row is not None

    @param.depends("repair.row", "repair.confirming", "repair.sending", "repair.outcome")
    def draw(self, overview: ReconciliationOverview) -> str:
        del overview
        repair, progress, row = self.repair, self.progress, self.repair.row
        if row is None or progress.step not in {"check", "proof", "rows"}:
            return ""
        refused = row.state is ReconciliationState.REFUSED
        reason = row.reason if refused and row.reason else self.language.say("Cette ligne")
        return self._render(
            "row_repair",
            row=row,
            named=reasons(self.language).get(row.reason) or TitleAndHint(reason),
            desk=self._desks.get(row.loan.desk, row.loan.desk),
            refused=refused,
            voided=row.log.void,
            read_on_screen=row.state is ReconciliationState.UPLOADED
            and progress.context.handbook.library_system.is_read_by_a_person,
            doubt=self._doubt(row),
            open_intent=row.history.open_intent,
            candidates=repair.candidates if self._is_number_wrong(row) else (),
            foretold=forecasts(self.language).get(repair.forecast),
            reads=progress.context.alma.reads,
            asked=repair.confirming,
            note=row.history.handed_on and row.history.handed_on[1],
            notes={LENT_FROM_CART: self.language.say("reprêté depuis le chariot")},
            sending=repair.sending,
            result=outcomes(self.language).get(repair.outcome, ""),
            good=repair.outcome in GOOD,
            writes=progress.context.alma.writes,
        )

    def _doubt(self, row: ReconciledLoan) -> str:
        texts = reason_texts(self.language)
        return texts.get(row.doubt or "", texts["other"]) if row.is_to_check else ""

    def _is_number_wrong(self, row: ReconciledLoan) -> bool:
        if any(correction.patron for _, correction in row.history.corrections):
            return False
        known = {row.reason, self.repair.forecast}
        return "user_not_found" in known or self.repair.forecast == "other_identifier"

    def actions(self, value: str, fields: Mapping[str, str]) -> Actions:
        repair = self.repair
        how = fields.get("how", "")
        patron, item = fields.get("patron", ""), fields.get("item", "")
        acts: Actions = {
            "close": repair.close,
            "following": repair.open_next,
            "lend": repair.lend,
            "find-out": repair.look_up,
            "open": lambda: repair.open(UUID(value)),
            "confirm": lambda: repair.confirm([UUID(value)]),
            "ask-again": repair.ask_alma,
            "ask": repair.ask_to_confirm,
            "correct": lambda: repair.correct(patron=patron, item=item),
            "void": lambda: repair.void(how),
            "hand-on": lambda: repair.hand_on(how),
            "settle": lambda: repair.settle(how),
            "refuse": lambda: repair.refuse(value),
        }
        if value in repair.candidates:
            return {**acts, "candidate": lambda: repair.correct(patron=value, from_alma=True)}
        return acts

"""All rows of the reconciliation, as a paged table."""

from collections.abc import Sequence
from functools import cache

import panel as pn
import param
from markupsafe import Markup

from dashboard.core.state import needs
from dashboard.loans.reason_text import reason_texts
from dashboard.reconciliation.reconciliation_text import forecasts, reasons
from dashboard.reconciliation.row_repair import RowRepair
from dashboard.reconciliation.rows import RowFilter
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.paged_table import PagedTable
from dashboard.ui.templating import render, render_markup
from dashboard.ui.view import CODE_FIELD, FIELD, STYLED, WIDE, View
from procedure.local_time import local
from procedure.reconciliation.reconciled_loan import (
    DUE_SHIFTED,
    NOT_IN_ALMA,
    TO_UPLOAD,
    ReconciledLoan,
    ReconciliationState,
)

COLUMNS = ("time", "patron", "item", "desk", "state", "remark", "act")
_LOOKS = {
    ReconciliationState.RECORDED: ("unknown", "unknown", "chip--calm"),
    ReconciliationState.EXPORTED: ("here", "unknown", "chip--calm"),
    ReconciliationState.UPLOADED: ("here", "unknown", "chip--calm"),
    ReconciliationState.CONFIRMED: ("up", "up", "chip--calm"),
    ReconciliationState.REFUSED: ("slow", "slow", ""),
    ReconciliationState.SETTLED_BY_HAND: ("person", "up", "chip--calm"),
    ReconciliationState.VOID: ("unknown", "unknown", "chip--calm"),
}


class RowsView(View):
    """The rows with their state and reason; refused rows can be opened for repair."""

    rows = needs(RowFilter)
    repair = needs(RowRepair)

    def __init__(self, **params: object) -> None:
        super().__init__(**params)
        rows, language = self.rows, self.language
        self._doubts = reason_texts(language)
        self._reasons, self._forecasts = reasons(language), forecasts(language)
        self._chip = cache(self._draw_chip)
        say = language.say
        titles = (say("Heure"), say("Lecteur"), say("Document"), say("Guichet"), say("État"))
        self._table: PagedTable[ReconciledLoan] = PagedTable(
            say("Prêts"),
            titles=dict(zip(COLUMNS, (*titles, say("Raison"), say("Suite")), strict=True)),
            draw=self._row,
            key=lambda row: str(row.loan.id),
            acts={"act": self._chosen},
            language=language,
        )
        self._show()
        rows.param.watch(self._show, "rows")
        rows.param.watch(lambda *_: self._table.show_page(0), ["only", "state", "desk", "text"])
        self._view = pn.Column(
            LiveHTML(self._title),
            pn.FlexBox(*self._filters(), css_classes=["log-head"], gap="12px", **STYLED),
            self._table,
            css_classes=["panel", "panel--flush"],
            **WIDE,
        )

    def _desk(self, code: str) -> str:
        known = self.rows.progress.updates.handbook.desks.get(code)
        return known.name if known else code

    @param.depends("rows.rows", "rows.only")
    def _title(self) -> str:
        name, _, key = self.rows.only.partition(" ")
        words = self._reasons if name == "reason" else self._forecasts
        title = words[key].title if key in words else key
        if key == DUE_SHIFTED:
            title = self._forecasts["due_at_risk"].title
        return render(
            "reconciliation/rows_title", self.language, count=len(self.rows.rows), title=title
        )

    def _filters(self) -> Sequence[pn.widgets.Widget]:
        say, rows = self.language.say, self.rows
        states = {self._state(state): state.value for state in ReconciliationState}
        known = rows.progress.updates.handbook.desks.values()
        desks = {desk.name: desk.code for desk in known}
        everything = say("Tous")
        return [
            pn.widgets.Select.from_param(
                rows.param.state, label=say("État"), options={everything: ""} | states, **FIELD
            ),
            pn.widgets.Select.from_param(
                rows.param.desk, label=say("Guichet"), options={everything: ""} | desks, **FIELD
            ),
            pn.widgets.TextInput.from_param(
                rows.param.text,
                label=say("Lecteur ou document"),
                **CODE_FIELD,
            ),
        ]

    def _show(self, *_: object) -> None:
        self._table.show_rows(self.rows.rows)

    def _row(self, row: ReconciledLoan) -> tuple[str, ...]:
        one = row.corrected
        return (
            # Babel takes ten times as long, and a log may have 100,000 rows.
            f"{local(row.loan.at):%d.%m. %H:%M}",
            one.patron,
            one.item,
            self._desk(one.desk),
            self._chip(row.state),
            self._remark(row),
            self._button(row),
        )

    def _remark(self, row: ReconciledLoan) -> str:
        if row.state is ReconciliationState.SETTLED_BY_HAND and row.history.resolved is not None:
            settled = row.history.resolved[1]
            settlement = f"{self.language.written(settled.how)} ({settled.operator})"
            absence = (
                self.language.say("Alma n’a pas ce prêt.") if row.reason == NOT_IN_ALMA else ""
            )
            return f"{settlement} {absence}".rstrip()
        if row.state is ReconciliationState.VOID and row.log.void is not None:
            return self.language.written(row.log.void.reason)
        if row.is_to_check:
            return self._doubts.get(row.doubt or "", self._doubts["other"])
        if row.state in TO_UPLOAD and (overview := self.rows.progress.overview) is not None:
            return self._forecasts[overview.predicted[row.loan.id].kind].title
        named = self._reasons.get(row.reason)
        if row.reason == DUE_SHIFTED:
            named = self._forecasts["due_at_risk"]
        if named is None:  # a reason from an earlier version, or a code from Alma
            return row.reason if row.state is ReconciliationState.REFUSED else ""
        return named.title

    def _state(self, state: ReconciliationState) -> str:
        say = self.language.say
        return {
            ReconciliationState.RECORDED: say("Enregistré"),
            ReconciliationState.EXPORTED: say("Dans un fichier"),
            ReconciliationState.UPLOADED: say("Envoyé"),
            ReconciliationState.CONFIRMED: say("Dans Alma"),
            ReconciliationState.REFUSED: say("À régler"),
            ReconciliationState.SETTLED_BY_HAND: say("Réglé à la main"),
            ReconciliationState.VOID: say("Annulé"),
        }[state]

    def _draw_chip(self, state: ReconciliationState) -> Markup:
        form, hue, calm = _LOOKS[state]
        values = {"form": form, "hue": hue, "calm": calm, "word": self._state(state)}
        return render_markup("loans/loan_state", self.language, **values)

    def _button(self, row: ReconciledLoan) -> str:
        say = self.language.say
        if row.state is not ReconciliationState.REFUSED:
            return ""
        values = {"word": say("Régler"), "of": say("ce prêt"), "key": row.loan.id}
        return render_markup("loans/loan_action", self.language, **values)

    def _chosen(self, row: ReconciledLoan) -> None:
        if row.state is ReconciliationState.REFUSED:
            self.repair.open(row.loan.id)

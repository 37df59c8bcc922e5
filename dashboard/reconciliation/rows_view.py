"""Every row of the way back as a table: a page of it at a time, drawn on the server's word."""

from __future__ import annotations

from functools import cache

import panel as pn
from panel.viewable import Viewer

from dashboard.loans.reason_text import reasons as doubts
from dashboard.reconciliation.row_repair import RepairDesk
from dashboard.reconciliation.rows import WayRows
from dashboard.reconciliation.texts import forecasts, reasons
from dashboard.translations import Language
from dashboard.ui.live_html import Pane
from dashboard.ui.paged_table import RowTable
from dashboard.ui.templating import asset, piece
from procedure.local_time import local
from procedure.reconciliation.row_book import DUE_SHIFTED, TO_UPLOAD
from procedure.reconciliation.row_state import Row, RowState

COLUMNS = ("time", "patron", "item", "desk", "state", "remark", "act")
_LOOKS = {
    RowState.RECORDED: ("unknown", "unknown", "chip--calm"),
    RowState.EXPORTED: ("here", "unknown", "chip--calm"),
    RowState.UPLOADED: ("here", "unknown", "chip--calm"),
    RowState.CONFIRMED: ("up", "up", "chip--calm"),
    RowState.REFUSED: ("slow", "slow", ""),
    RowState.RESOLVED: ("person", "up", "chip--calm"),
    RowState.VOID: ("unknown", "unknown", "chip--calm"),
}


class WayTable(Viewer):
    """The rows with their state and its reason; a refused one goes to the repair desk."""

    def __init__(self, rows: WayRows, desk: RepairDesk, language: Language) -> None:
        super().__init__()
        self._rows, self._desk, self._language = rows, desk, language
        self._desks = {code: one.name for code, one in rows.way.house.handbook.desks.items()}
        self._doubts = doubts(language)
        self._reasons, self._forecasts = reasons(language), forecasts(language)
        self._chip, self._button = cache(self._draw_chip), cache(self._draw_button)
        say = language.say
        titles = (say("Heure"), say("Lecteur"), say("Document"), say("Guichet"), say("État"))
        self._table: RowTable[Row] = RowTable(
            titles=dict(zip(COLUMNS, (*titles, say("Raison"), say("Suite")), strict=True)),
            html=("state", "act"),
            draw=self._row,
            on_click={"act": self._chosen},
            language=language,
        )
        self._show()
        rows.param.watch(self._show, "rows")
        rows.param.watch(lambda *_: self._table.turn(0), ["only", "state", "desk", "text"])
        self._layout = pn.Column(
            Pane(pn.bind(self._title, rows.param.rows, rows.param.only)),
            pn.FlexBox(*self._filters(), css_classes=["log-head"], gap="12px", **_SHEET),
            self._table,
            css_classes=["panel", "panel--flush"],
            sizing_mode="stretch_width",
            **_SHEET,
        )

    def __panel__(self) -> pn.Column:
        return self._layout

    def _title(self, rows: tuple[Row, ...], only: str) -> str:
        name, _, key = only.partition(" ")
        words = self._reasons if name == "reason" else self._forecasts
        title = words[key].title if key in words else key
        if key == DUE_SHIFTED:
            title = self._forecasts["due_at_risk"].title
        return piece("reconciliation/rows_title", self._language, count=len(rows), title=title)

    def _filters(self) -> list[pn.widgets.Widget]:
        say, rows = self._language.say, self._rows
        style = {**_SHEET, "css_classes": ["field-widget"], "description": None}
        states = {self._state(state): state.value for state in RowState}
        desks = {name: code for code, name in self._desks.items()}
        everything = say("Tous")
        return [
            pn.widgets.Select.from_param(
                *(rows.param.state,), label=say("État"), options={everything: ""} | states, **style
            ),
            pn.widgets.Select.from_param(
                *(rows.param.desk,), label=say("Guichet"), options={everything: ""} | desks, **style
            ),
            pn.widgets.TextInput.from_param(
                rows.param.text, label=say("Lecteur ou document"), **style
            ),
        ]

    def _show(self, *_: object) -> None:
        self._table.show(self._rows.rows)

    def _row(self, row: Row) -> tuple[str, ...]:
        one = row.corrected
        return (
            # Formatted here: babel takes ten times as long, and a log may have 100,000 rows.
            f"{local(row.loan.at):%d.%m. %H:%M}",
            *(one.patron, one.item, self._desks.get(one.desk, one.desk)),
            self._chip(row.state),
            self._remark(row),
            self._button(row.state is RowState.REFUSED),
        )

    def _remark(self, row: Row) -> str:
        if row.state is RowState.RESOLVED and row.trail.resolved is not None:
            return f"{row.trail.resolved.how} ({row.trail.resolved.operator})"
        if row.state is RowState.VOID and row.log.void is not None:
            return row.log.void.reason
        if row.is_to_check:
            return self._doubts.get(row.doubt or "", self._doubts["other"])
        if row.state in TO_UPLOAD and (now := self._rows.way.now) is not None:
            return self._forecasts[now.predicted[row.loan.id].kind].title
        named = self._reasons.get(row.reason)
        if row.reason == DUE_SHIFTED:
            named = self._forecasts["due_at_risk"]
        if named is None:  # a reason of an earlier version, or a code of Alma's
            return row.reason if row.state is RowState.REFUSED else ""
        return named.title

    def _state(self, state: RowState) -> str:
        say = self._language.say
        return {
            RowState.RECORDED: say("Enregistré"),
            RowState.EXPORTED: say("Dans un fichier"),
            RowState.UPLOADED: say("Envoyé"),
            RowState.CONFIRMED: say("Dans Alma"),
            RowState.REFUSED: say("À régler"),
            RowState.RESOLVED: say("Réglé à la main"),
            RowState.VOID: say("Annulé"),
        }[state]

    def _draw_chip(self, state: RowState) -> str:
        form, hue, calm = _LOOKS[state]
        shown = {"form": form, "hue": hue, "calm": calm, "word": self._state(state)}
        return piece("loans/loan_state", self._language, **shown)

    def _draw_button(self, refused: bool) -> str:  # noqa: FBT001
        say = self._language.say
        if not refused:
            return ""
        return piece("loans/loan_action", self._language, word=say("Régler"), of=say("ce prêt"))

    def _chosen(self, row: Row) -> None:
        if row.state is RowState.REFUSED:
            self._desk.open(row.loan.id)


_SHEET = {"stylesheets": [asset("relais.css")], "margin": 0}

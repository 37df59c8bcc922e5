"""The file for Alma: the loans to export at one desk, the file written, the earlier files."""

from __future__ import annotations

import io
from collections.abc import Collection
from uuid import UUID

import panel as pn
from panel.viewable import Viewer

from dashboard.loans.reason_text import reason_texts, try_loan_action
from dashboard.loans.summary import LoanSummary
from dashboard.loans.unusual_times_view import odd_times
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import asset_url, render
from procedure.circulation.transactions import Export
from procedure.reconciliation.export_plan import ExportPlan
from procedure.reconciliation.export_times import TimesUnconfirmed


class ExportView(Viewer):
    """Writing records the export; the download beside it gives the bytes, as often as wanted."""

    def __init__(self, files: LoanSummary, language: Language) -> None:
        super().__init__()
        self._files, self._language = files, language
        self._desks = {code: desk.name for code, desk in files.context.handbook.desks.items()}
        self._told = LiveHTML("", self._confirm)
        self._unconfirmed: TimesUnconfirmed | None = None
        files.param.watch(self._forget, "desk")
        self._layout = pn.Column(
            LiveHTML(pn.bind(self._waiting, files.param.plan)),
            pn.FlexBox(
                *self._buttons(),
                css_classes=["form-row"],
                align_items="end",
                gap="12px",
                margin=0,
                stylesheets=[asset_url("relais.css")],
            ),
            self._told,
            LiveHTML(pn.bind(self._earlier, files.param.exports, files.param.written), self._again),
            css_classes=["inline-form"],
            stylesheets=[asset_url("relais.css")],
            sizing_mode="stretch_width",
            margin=0,
        )

    def __panel__(self) -> pn.Column:
        return self._layout

    def _buttons(self) -> list[pn.widgets.Widget]:
        say, files = self._language.say, self._files
        style = {"stylesheets": [asset_url("relais.css")], "margin": 0, "description": None}
        desk = pn.widgets.Select.from_param(
            files.param.desk,
            label=say("Guichet"),
            options={say("À choisir"): ""} | {name: code for code, name in self._desks.items()},
            css_classes=["field-widget"],
            **style,
        )
        write = pn.widgets.Button(
            label=say("Écrire le fichier"),
            disabled=files.param.plan.rx().rx.pipe(lambda plan: not (plan and plan.loans)),
            css_classes=["plain-btn"],
            **style,
        )
        write.on_click(lambda _: self._write())
        written = files.param.written.rx()
        download = pn.widgets.FileDownload(
            callback=self._content,
            filename=written.rx.pipe(lambda one: one.name if one else "OffCirc.dat"),
            label=written.rx.pipe(
                lambda one: say("Télécharger {name}", name=one.name) if one else ""
            ),
            visible=written.rx.pipe(lambda one: one is not None),
            css_classes=["plain-btn", "plain-btn--main"],
            **style,
        )
        return [desk, write, download]

    def _waiting(self, plan: ExportPlan | None) -> str:
        return render(
            "loans/export_waiting",
            self._language,
            plan=plan,
            now=self._files.context.now(),
            why=reason_texts(self._language),
        )

    def _earlier(self, exports: tuple[Export, ...], written: Export | None) -> str:
        return render(
            "loans/export_earlier",
            self._language,
            exports=exports,
            written=written,
            desks=self._desks,
            now=self._files.context.now(),
        )

    def _write(self, confirmed: Collection[UUID] = ()) -> None:
        self._unconfirmed = None
        try:
            refused = try_loan_action(lambda: self._files.write(confirmed), self._language)
        except TimesUnconfirmed as refusal:
            self._unconfirmed, refused = refusal, ""
        message = render("ui/refusal", self._language, why=refused) if refused else ""
        self._told.html = message or odd_times(self._unconfirmed, self._language)

    def _forget(self, *_: object) -> None:
        """Clear the message on another desk's loans."""
        self._unconfirmed, self._told.html = None, ""

    def _confirm(self, act: str, value: str) -> None:
        del value
        if act == "confirm-times" and self._unconfirmed is not None:
            self._write({loan.id for loan in self._unconfirmed.loans})

    def _again(self, act: str, value: str) -> None:
        if act == "again":
            chosen = [one for one in self._files.exports if one.id == UUID(value)]
            self._files.written = chosen[0] if chosen else self._files.written

    def _content(self) -> io.BytesIO:
        written = self._files.written
        got: list[bytes] = []
        if written is not None:
            refused = try_loan_action(
                lambda: got.append(self._files.content(written)), self._language
            )
            self._told.html = render("ui/refusal", self._language, why=refused) if refused else ""
        return io.BytesIO(got[0] if got else b"")

"""The loans page: the scan box, the log below it, files of other workstations at a click."""

from __future__ import annotations

from typing import Any

import panel as pn
import param

from dashboard.loans.file_import_view import FileImportView
from dashboard.loans.loan_log_view import LoanLogPanel
from dashboard.loans.loans import LoansState
from dashboard.loans.patron_view import PatronView
from dashboard.loans.scan_view import ScanView
from dashboard.loans.waiting_view import WaitingLoansView
from dashboard.monitoring.where_to_lend import LendIn
from dashboard.outage.outage import OutageState
from dashboard.ui.lazy_place import built
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.part import STYLED, WIDE, Part
from dashboard.ui.templating import render


class LoansPage(Part):
    """What a desk needs while Alma is down (C1)."""

    lending: LoansState = param.ClassSelector(class_=LoansState, constant=True)
    outage: OutageState = param.ClassSelector(class_=OutageState, constant=True)
    dropped = param.Boolean(default=False, doc="Whether the files of desks are open.")

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        here = {"lending": self.lending, "language": self.language}
        opens = pn.widgets.Toggle.from_param(
            self.param.dropped,
            label=self.language.say("Reprendre un fichier"),
            css_classes=["plain-btn"],
            **STYLED,
        )
        intake = pn.Column(
            self._import(),
            visible=self.param.dropped,
            **WIDE | {"css_classes": ["inline-form"]},
        )
        self._view = pn.Column(
            LiveHTML(self._again, role="status", visible=self._lends_again),
            ScanView(outage=self.outage, **here),
            built(WaitingLoansView, lists=self.lending.lists, language=self.language),
            built(LoanLogPanel, doors=[opens], opened=[intake, PatronView(**here)], **here),
            css_classes=["page--lending"],
            **WIDE,
        )

    @param.depends("outage.over", "outage.lend_in")
    def _lends_again(self) -> bool:
        """Return whether a declared outage is over and nothing fails."""
        return self.outage.over is not None and self.outage.lend_in is not LendIn.RELAIS

    @param.depends("_lends_again")
    def _again(self) -> str:
        if not self._lends_again():
            return ""
        over, now = self.outage.over, self.outage.context.now()
        return render("loans/lend_again", self.language, over=over, now=now)

    def _import(self) -> FileImportView:
        intake, language = self.lending.intake, self.language
        # A file may be dropped before anybody opened this: what it gives must be seen.
        intake.param.watch(lambda event: self.param.update(dropped=bool(event.new)), "files")
        return FileImportView(
            intake=intake,
            language=language,
            head=render("loans/file_import_lent", language),
            label=language.say("Déposez ici le fichier du poste, ou choisissez-le"),
            place="loans",
        )

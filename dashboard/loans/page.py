"""The loans page: the scan box, the log below it, files of other workstations at a click."""

from __future__ import annotations

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
from dashboard.translations import Language
from dashboard.ui.lazy_place import built
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.part import STYLED, WIDE, Part
from dashboard.ui.templating import render
from procedure.outages.declared_outage import OutageRecord


class LoansPage(Part):
    """What a desk needs while Alma is down (C1)."""

    dropped = param.Boolean(default=False, doc="Whether the files of desks are open.")

    def __init__(self, lending: LoansState, outage: OutageState, language: Language) -> None:
        super().__init__()
        opens = pn.widgets.Toggle.from_param(
            self.param.dropped,
            label=language.say("Reprendre un fichier"),
            css_classes=["plain-btn"],
            **STYLED,
        )
        intake = pn.Column(
            self._import(lending, language),
            visible=self.param.dropped,
            **WIDE | {"css_classes": ["inline-form"]},
        )
        opened = [intake, PatronView(lending, language)]
        self._view = pn.Column(
            self._again(outage, language),
            ScanView(lending, outage, language),
            built(WaitingLoansView, lending.lists, language),
            built(LoanLogPanel, lending, language, [opens], opened),
            css_classes=["page--lending"],
            **WIDE,
        )

    def _again(self, outage: OutageState, language: Language) -> LiveHTML:
        """Show that lending goes on in Alma, once a declared outage is over and nothing fails."""

        def html(over: OutageRecord | None, where: LendIn) -> str:
            shown = over if where is not LendIn.RELAIS else None
            now = outage.context.now()
            return render("loans/lend_again", language, over=shown, now=now) if shown else ""

        message = pn.bind(html, outage.param.over, outage.param.lend_in)
        return LiveHTML(message, role="status", visible=pn.bind(bool, message))

    def _import(self, lending: LoansState, language: Language) -> FileImportView:
        intake = lending.intake
        # A file may be dropped before anybody opened this: what it gives must be seen.
        intake.param.watch(lambda event: self.param.update(dropped=bool(event.new)), "files")
        return FileImportView(
            intake,
            language,
            head=render("loans/file_import_lent", language),
            label=language.say("Déposez ici le fichier du poste, ou choisissez-le"),
            place="loans",
        )

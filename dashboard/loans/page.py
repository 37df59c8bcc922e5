"""The loans: the scan box above all, the log below, paper and files at a click."""

from __future__ import annotations

import panel as pn
import param
from panel.viewable import Viewer

from dashboard.loans.carts_view import CartList
from dashboard.loans.export_view import ExportPanel
from dashboard.loans.file_import_view import FileImport
from dashboard.loans.late_entry_view import LateEntry
from dashboard.loans.loan_log_view import LoanLog
from dashboard.loans.loans import Lending
from dashboard.loans.patron_view import PatronToday
from dashboard.loans.scan_view import Scan
from dashboard.loans.summary_view import LoanSummary
from dashboard.loans.waiting_view import WaitingLoans
from dashboard.monitoring.lend_in import LendIn
from dashboard.outage.outage import Coordination
from dashboard.translations import Language
from dashboard.ui.lazy_place import built
from dashboard.ui.live_html import Pane
from dashboard.ui.templating import asset, piece
from procedure.outages.record import OutageRecord


class LoansPlace(Viewer):
    """What a desk needs while Alma is down (C1)."""

    late = param.Boolean(default=False, doc="Whether the paper sheet is open.")
    dropped = param.Boolean(default=False, doc="Whether the files of desks are open.")

    def __init__(self, lending: Lending, coordination: Coordination, language: Language) -> None:
        super().__init__()
        say = language.say
        files = lending.files
        doors = [
            self._door(self.param.late, say("Saisir une feuille papier")),
            self._door(self.param.dropped, say("Reprendre un fichier")),
            self._door(files.param.open, say("Fichier pour Alma")),
            self._door(lending.lists.param.carts_open, say("Chariots")),
        ]
        opened = [
            pn.Column(LateEntry(lending, language), visible=self.param.late, **WIDE),
            pn.Column(
                self._import(lending, language),
                visible=self.param.dropped,
                **WIDE | {"css_classes": ["inline-form"]},
            ),
            pn.Column(
                ExportPanel(files, language),
                LoanSummary(files, language),
                visible=files.param.open,
                **WIDE,
            ),
            pn.Column(
                CartList(lending.lists, language),
                visible=lending.lists.param.carts_open,
                **WIDE | {"css_classes": ["inline-form"]},
            ),
            PatronToday(lending, language),
        ]
        self._layout = pn.Column(
            self._again(coordination, language),
            Scan(lending, coordination, language),
            built(WaitingLoans, lending.lists, language),
            built(LoanLog, lending, language, doors, opened),
            css_classes=["page--lending"],
            **WIDE,
        )

    def __panel__(self) -> pn.Column:
        return self._layout

    def _again(self, coordination: Coordination, language: Language) -> Pane:
        """Say that lending goes on in Alma, once a declared outage is over and nothing fails."""

        def html(over: OutageRecord | None, where: LendIn) -> str:
            shown = over if where is not LendIn.RELAIS else None
            now = coordination.house.now()
            return piece("loans/lend_again", language, over=shown, now=now) if shown else ""

        said = pn.bind(html, coordination.param.over, coordination.param.lend_in)
        return Pane(said, role="status", visible=pn.bind(bool, said))

    def _import(self, lending: Lending, language: Language) -> FileImport:
        intake = lending.intake
        # A file may be dropped before anybody opened this: what it gives must be seen.
        intake.param.watch(lambda event: self.param.update(dropped=bool(event.new)), "files")
        return FileImport(
            intake,
            language,
            head=piece("loans/file_import_lent", language),
            label=language.say("Déposez ici le fichier du poste, ou choisissez-le"),
            place="loans",
        )

    def _door(self, opens: param.Boolean, label: str) -> pn.widgets.Toggle:
        return pn.widgets.Toggle.from_param(
            opens,
            label=label,
            stylesheets=[asset("relais.css")],
            css_classes=["plain-btn"],
            margin=0,
        )


WIDE = {"sizing_mode": "stretch_width", "margin": 0, "stylesheets": [asset("relais.css")]}

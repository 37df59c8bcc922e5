"""The scan box over the lending state: it shows the counts."""

from __future__ import annotations

from datetime import timedelta

import panel as pn
import param

from dashboard.loans.loans import LoansState
from dashboard.loans.scan_box import ScanBox
from dashboard.loans.scan_text import scan_texts
from dashboard.monitoring.workstation_name_view import alone_text
from dashboard.outage.outage import OutageState
from dashboard.translations import Language
from dashboard.ui.part import Part
from dashboard.ui.templating import render
from procedure.circulation.double_scans import DOUBLE_READ


class ScanView(Part):
    """Patron first, then items; what the browser cannot know comes from the state."""

    def __init__(self, lending: LoansState, outage: OutageState, language: Language) -> None:
        super().__init__()
        none = language.say("à choisir")
        self._view = ScanBox(
            html=render("loans/scan", language),
            words=scan_texts(language),
            rules=pn.bind(
                lambda handbook: handbook.scans.for_page(), lending.updates.param.handbook
            ),
            double_read=DOUBLE_READ // timedelta(milliseconds=1),
            desk_name=pn.bind(
                lambda code, handbook: handbook.desks[code].name if code else none,
                lending.param.desk,
                lending.updates.param.handbook,
            ),
            lend_in=outage.param.lend_in.rx().rx.pipe(str),
            here=lending.param.today_here.rx().rx.pipe(language.number),
            everywhere=lending.param.today_everywhere.rx().rx.pipe(language.number),
            alone=lending.session.param.lacks.rx().rx.pipe(alone_text, language),
        )
        lending.param.watch(lambda event: self._view.strike(event.new), "taken_back")
        lending.lists.param.watch(self._follow, "waiting")
        self._view.param.watch(
            lambda event: lending.lists.param.update(in_box=frozenset(map(str, event.new))),
            "waiting",
        )

    def _follow(self, event: param.parameterized.Event) -> None:
        if {loan.waiting.id for loan in event.old} - {loan.waiting.id for loan in event.new}:
            self._view.follow()

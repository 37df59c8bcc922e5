"""The scan box over the lending state: it shows the counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import param

from dashboard.loans.loans import LendingState
from dashboard.loans.scan_box import ScanBox
from dashboard.loans.scan_text import scan_texts
from dashboard.loans.slip_text import slip_texts
from dashboard.monitoring.workstation_name_view import alone_text
from dashboard.outage.outage import OutageState
from dashboard.ui.part import Part
from dashboard.ui.templating import render
from procedure.circulation.double_scans import DOUBLE_READ


class ScanView(Part):
    """Patron first, then items; what the browser cannot know comes from the state."""

    lending: LendingState = param.ClassSelector(class_=LendingState, constant=True)
    outage: OutageState = param.ClassSelector(class_=OutageState, constant=True)

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        lending, language = self.lending, self.language
        self._view = ScanBox(
            html=render("loans/scan", language),
            words=scan_texts(language) | {"slips": slip_texts(lending.context.handbook)},
            rules=self._rules,
            double_read=DOUBLE_READ // timedelta(milliseconds=1),
            desk_name=self._desk_name,
            lend_in=self.outage.param.lend_in.rx().rx.pipe(str),
            lists_as_of=self._lists_as_of,
            alone=lending.session.param.lacks.rx().rx.pipe(alone_text, language),
        )
        lending.param.watch(lambda event: self._view.strike(event.new), "taken_back")
        lending.lists.param.watch(self._follow, "waiting")
        self._view.param.watch(
            lambda event: lending.lists.param.update(in_box=frozenset(map(str, event.new))),
            "waiting",
        )

    @param.depends("lending.updates.handbook")
    def _rules(self) -> dict[str, Any]:
        return self.lending.updates.handbook.scan_rules()

    @param.depends("lending.updates.minute")
    def _lists_as_of(self) -> str:
        lists = self.lending.context.lists()
        ages = [one.as_of.isoformat() for one in (lists.accounts, lists.items) if one is not None]
        return min(ages, default="")

    @param.depends("lending.desk", "lending.updates.handbook")
    def _desk_name(self) -> str:
        code, desks = self.lending.desk, self.lending.updates.handbook.desks
        return desks[code].name if code else self.language.say("à choisir")

    def _follow(self, event: param.parameterized.Event) -> None:
        if {loan.waiting.id for loan in event.old} - {loan.waiting.id for loan in event.new}:
            self._view.follow()

"""Workstations one by one: what each saw of a target, or of Alma, and what a person said there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import panel as pn
from panel.viewable import Viewer

from dashboard.monitoring.site_summary import ALL, WorkstationResult
from dashboard.monitoring.workstation_text import Station, result_text
from dashboard.monitoring.workstations import Workstations
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import render
from procedure.monitoring.model import Status

WORST_FIRST = (Status.DOWN, Status.SLOW, Status.UP, Status.UNKNOWN)
NAMELESS = "poste-"  # how a workstation that nobody named calls itself


class WorkstationsView(Viewer):
    """Every workstation with what it last saw of Alma; hidden until somebody asks for it."""

    def __init__(self, workstations: Workstations, language: Language) -> None:
        super().__init__()
        self._workstations, self._language = workstations, language
        shown = pn.bind(
            self._html,
            workstations.param.listed,
            workstations.param.summaries,
            workstations.param.reports,
        )
        self._pane = LiveHTML(shown, self._act)

    def __panel__(self) -> LiveHTML:
        return self._pane

    def _html(self, listed: bool, *_: object) -> str:  # noqa: FBT001 - a parameter's value
        if not listed:
            return ""
        workstations, now = self._workstations, self._workstations.context.now()
        usual = workstations.summaries.get(workstations.diagnosis.evidence.roles.alma[0], ())
        found = stations(usual[-1].results if usual else (), workstations, self._language, now)
        return render("monitoring/workstations_all", self._language, stations=found)

    def _act(self, act: str, value: str) -> None:
        del value
        if act == "all":
            self._workstations.list_all()


def stations(
    results: Iterable[WorkstationResult],
    workstations: Workstations,
    language: Language,
    now: datetime,
) -> list[Station]:
    """Lay out workstations by site, those that fail first."""
    reports = {one.workstation: one for one in workstations.reports}
    order = {one: place for place, one in enumerate(WORST_FIRST)}
    ordered = sorted(
        results, key=lambda one: (order[one.verdict], one.vantage.site, one.vantage.key)
    )
    return [
        Station(
            name=one.vantage.key,
            site=one.vantage.site,
            vdi=one.vantage.vdi,
            seen=result_text(one, language),
            age=None if one.newest is None else now - one.newest.at,
            report=reports.get(one.vantage.key),
        )
        for one in ordered
    ]


__all__ = ["ALL", "WorkstationsView", "stations"]

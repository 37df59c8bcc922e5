"""The list of what is ready for an outage, for coordinators on quiet days."""

from __future__ import annotations

from datetime import datetime

import panel as pn

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.core.updates import Updates
from dashboard.readiness.drill_control import DrillControl
from dashboard.readiness.drill_place import DrillPlace
from dashboard.readiness.readiness_text import ReadinessTexts
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.part import Part
from dashboard.ui.templating import render
from procedure.handbook.model import Handbook
from procedure.io.child_server import ChildPhase
from procedure.readiness.readiness import Readiness, readiness


class ReadinessView(Part):
    """One line that unfolds: the topics, and the workstations one by one."""

    def __init__(
        self, context: AppContext, session: Session, updates: Updates, language: Language
    ) -> None:
        super().__init__()
        self._context, self._language = context, language
        drill = DrillControl(context=context, session=session, updates=updates)
        self._acts = {"start-drill": drill.start, "end-drill": drill.end}
        html = context.shared_html(f"readiness {language.code}", self._html)
        # A report of a workstation is not urgent: the minute will do.
        follows = (updates.param.handbook, updates.param.minute, drill.param.phase, drill.place)
        shown = pn.bind(html, *follows)
        self._view = LiveHTML(shown, self._act)

    def _act(self, act: str, _: str) -> None:
        if act in self._acts:
            self._acts[act]()

    def _html(self, _: Handbook, __: datetime, phase: ChildPhase, place: DrillPlace | None) -> str:
        context, language = self._context, self._language
        facts = current_readiness(context)
        return render(
            "readiness/readiness",
            language,
            texts=ReadinessTexts(facts, context.handbook, language, starts_drill=place is not None),
            phase=phase,
            place=place,
            missing=len(facts.missing),
            now=facts.at,
        )


def current_readiness(context: AppContext) -> Readiness:
    """Return what is ready now."""
    checks = context.models.workstation_checks.newest.values()
    return readiness(
        context.handbook, checks, context.last_times(), context.key_state, context.now()
    )

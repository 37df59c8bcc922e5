"""Readiness for an outage, shown to coordinators on quiet days."""

import param

from dashboard.core.context import AppContext
from dashboard.core.state import needs
from dashboard.readiness.drill_control import DrillControl
from dashboard.readiness.readiness_text import ReadinessTexts
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render
from dashboard.ui.view import computed_once
from procedure.readiness.readiness import Readiness, readiness


class ReadinessView(HtmlView):
    """A line that expands into the topics and the individual workstations."""

    drill = needs(DrillControl)

    # Once a minute is enough for workstations' reports, which are not urgent.
    @param.depends("drill.updates.handbook", "drill.updates.minute", "drill.place")
    @computed_once
    def _html(self) -> str:
        context, language = self.context, self.language
        facts = current_readiness(context)
        return render(
            "readiness/readiness",
            language,
            texts=ReadinessTexts(
                facts, context.handbook.current, language, starts_drill=self.drill.place is not None
            ),
            missing=len(facts.missing),
            now=facts.at,
        )


def current_readiness(context: AppContext) -> Readiness:
    checks = context.folds.workstation_checks.newest.values()
    return readiness(
        context.handbook.current,
        checks,
        context.store.last_times(),
        context.alma.key_state,
        context.clock.now(),
        lists=context.store.lists.headers(),
        is_list_refused=bool(context.store.lists.faults()),
        failing_tasks=context.upkeep.failing,
    )

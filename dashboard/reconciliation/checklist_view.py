"""The checklist: who saw to what in Alma, and when; printed with boxes."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.reconciliation.part_view import Actions, PartView
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.reconciliation.texts import points
from dashboard.translations import Language
from procedure.reconciliation.checklist import BLOCK_BACK, POINTS
from procedure.reconciliation.overview import ReconciliationOverview


class ChecklistView(PartView):
    """The points, each ticked with the name that stands above the list."""

    css_class = "way-flat"

    def __init__(self, progress: ReconciliationProgress, language: Language) -> None:
        super().__init__(progress, language, progress.param.ticks)

    def draw(self, now: ReconciliationOverview) -> str:
        """Return the list."""
        del now
        texts, checklist = points(self._language), self._progress.context.models.checklist
        return self._render(
            "checklist",
            points=[(one, texts[one], checklist.tick(one), one == BLOCK_BACK) for one in POINTS],
            due=checklist.to_put_back,
        )

    def actions(self, value: str, fields: Mapping[str, str]) -> Actions:
        """Return what its buttons do."""
        name, tick = fields.get("name", ""), self._progress.tick
        return {
            "tick": lambda: tick(value, name),
            "untick": lambda: tick(value, name, done=False),
        }

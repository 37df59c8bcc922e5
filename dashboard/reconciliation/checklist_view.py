"""Points of the checklist, within the step at which they apply: who saw to what, and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import param

from dashboard.reconciliation.base_view import Actions, PartView
from dashboard.reconciliation.reconciliation_text import TitleAndHint, points, waits
from procedure.reconciliation.checklist import TRIAL_SEEN
from procedure.reconciliation.journal_entries import ChecklistTicked
from procedure.reconciliation.overview import ReconciliationOverview


@dataclass(frozen=True, slots=True)
class Point:
    """A point with its text, who ticked it, and what can be done about it now."""

    key: str
    text: TitleAndHint
    tick: ChecklistTicked | None
    can_tick: bool
    can_reopen: bool


class PointsView(PartView):
    """Each is ticked with a name, once what it says can be true; a signature freezes all.

    With `after_files` they are shown only once a file was written.
    """

    points: Sequence[str] = param.ClassSelector(class_=tuple, constant=True)
    after_files = param.Boolean(default=False, constant=True)

    def __init__(self, *, step: str, **params: Any) -> None:
        self.step = step
        super().__init__(**params)

    @param.depends("progress.ticks")
    def draw(self, now: ReconciliationOverview) -> str:
        """Return the list, empty where nothing is to be ticked yet."""
        if not now.rows or (self.after_files and not now.files):
            return ""
        checklist = self.progress.context.models.checklist
        has_report = self.progress.context.system.read_report is not None
        shown = [key for key in self.points if key in checklist.points and _applies(key, now)]
        if not shown:
            return ""
        return self._render(
            "points",
            key=self.points[0],
            points=[self._point(key) for key in shown],
            is_next=checklist.to_put_back is not None and self.progress.proposed == "sign",
            waits={} if now.signed else waits(self.language, has_report=has_report),
        )

    def _point(self, key: str) -> Point:
        progress, now = self.progress, self.progress.now
        checklist = progress.context.models.checklist
        shown = checklist.as_signed() if now is not None and now.signed else checklist
        can = [progress.can_tick(key, done=done) for done in (True, False)]
        return Point(key, points(self.language)[key], shown.tick(key), *can)

    def actions(self, value: str, fields: Mapping[str, str]) -> Actions:
        del fields
        progress = self.progress
        return {
            "tick": lambda: progress.tick(value),
            "untick": lambda: progress.tick(value, done=False),
        }


def _applies(key: str, now: ReconciliationOverview) -> bool:
    """Return whether a point is about anything: a first small file may still come, or was made."""
    made = now.is_trial_read or any(file.export.trial for file in now.files)
    return key != TRIAL_SEEN or made or bool(now.waiting)

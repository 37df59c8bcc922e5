"""The sign-off: the open points, the counts by desk, and the signature."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import param

from dashboard.reconciliation.base_view import Actions, StepView
from dashboard.reconciliation.reconciliation_text import open_point_texts, points, steps
from dashboard.translations import upper_first
from dashboard.translations.sentences import accounted_text, stage_names, who_did
from procedure.reconciliation.checklist import BLOCK_BACK
from procedure.reconciliation.open_points import OpenPoint
from procedure.reconciliation.overview import ReconciliationOverview

# The step at which staff deal with each open point; `rows` is the table of all rows.
STEP_OF = {
    "to_check": "check",
    "to_export": "send",
    "to_upload": "send",
    "unticked": "send",
    "to_verify": "proof",
    "to_settle": "proof",
    "not_in_alma": "rows",
    "to_undo": "rows",
    "on_carts": "carts",
}


@dataclass(frozen=True, slots=True)
class ShownPoint:
    """An open point: its title, an explanation (may be empty), and the step to go to, if any."""

    key: str
    title: str
    why: str
    step: str
    step_name: str


class SignOffView(StepView):
    """The sign-off form, disabled while points that prevent signing are open."""

    step = "sign"

    @param.depends("progress.ticks", "progress.job")
    def draw(self, overview: ReconciliationOverview) -> str:
        progress = self.progress
        left = overview.open_points(progress.context.folds.checklist)
        return self._render(
            "sign_off",
            points=[self._point(point, overview) for point in left],
            is_prevented=any(point.prevents_signing for point in left),
            counts=overview.counts,
            accounted=accounted_text(
                overview.counts.accounted, overview.counts.total, overview.pending, self.language
            ),
            days=[(day, asdict(day.counts)) for day in overview.days],
            stages={key: upper_first(name) for key, name in stage_names(self.language).items()},
            signed=overview.signed,
            put_back=progress.context.folds.checklist.tick(BLOCK_BACK),
            who_did=who_did,
            shifted=overview.due_shifted,
            asking=progress.running == "sign",
            is_unanswered=self._is_unanswered(overview),
            person=progress.session.signer,
            is_account=bool(progress.session.person.name),
        )

    def _point(self, point: OpenPoint, overview: ReconciliationOverview) -> ShownPoint:
        named = steps(self.language) | {"rows": self.language.say("Toutes les lignes")}
        step = STEP_OF.get(point.key, "")
        title = open_point_texts(self.language)[point.key]
        return ShownPoint(
            key=point.key,
            title=title.format(count=self.language.number(point.count)),
            why=self._why(point, overview),
            step=step,
            step_name=named.get(step, ""),
        )

    def _why(self, point: OpenPoint, overview: ReconciliationOverview) -> str:
        if point.key == BLOCK_BACK:
            return self.language.say(
                "«\u202fPrêté à quelqu’un d’autre\u202f» passe encore sans question."
            )
        if point.key == "unticked":
            checklist, named = self.progress.context.folds.checklist, points(self.language)
            effective = checklist.as_signed() if overview.signed else checklist
            return " · ".join(named[key].title for key in effective.open_before)
        if point.key == "not_in_alma":
            return ", ".join(row.corrected.item for row in overview.lacking)
        return ""

    def _is_unanswered(self, overview: ReconciliationOverview) -> bool:
        """Return whether Alma was asked before signing but did not answer about every loan."""
        job = self.progress.job
        is_over = job is not None and job.kind == "sign" and not job.running
        return is_over and overview.signed is None and bool(overview.rows_to_look_up())

    def actions(self, value: str, fields: Mapping[str, str]) -> Actions:
        progress = self.progress
        return {
            "sign": lambda: self._sign(fields.get("name", "")),
            "step": lambda: progress.go(value),
            "tick": lambda: progress.tick(BLOCK_BACK),
            "untick": lambda: progress.tick(BLOCK_BACK, done=False),
        }

    def _sign(self, name: str) -> None:
        if name.strip():
            self.progress.session.name_signer(name)
        self.progress.sign()


class SignerView(StepView):
    """A field for a name or initials, shown when an action needs one."""

    @param.depends("progress.unsigned")
    def draw(self, overview: ReconciliationOverview) -> str:
        del overview
        progress = self.progress
        return self._render(
            "signer",
            is_asked=progress.unsigned is not None,
            person=progress.session.signer,
            is_account=bool(progress.session.person.name),
        )

    def actions(self, value: str, fields: Mapping[str, str]) -> Actions:
        del value
        return {"who": lambda: self.progress.sign_as(fields.get("name", ""))}

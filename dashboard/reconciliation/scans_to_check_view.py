"""The scans to check: what is doubtful about each, and a person's word on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

import panel as pn
import param
from panel.viewable import Viewer

from dashboard.loans.reason_text import reason_texts
from dashboard.reconciliation.feedback import try_reconciliation
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.reconciliation.row_repair import RowRepair
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import render
from procedure.circulation.doubts import question_of
from procedure.reconciliation.overview import ReconciliationOverview
from procedure.reconciliation.row_state import ReconciledLoan

SHOWN = 20  # questions


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """One question with the rows that one answer decides; the first of them is shown."""

    rows: tuple[ReconciledLoan, ...]

    @property
    def row(self) -> ReconciledLoan:
        """The first row."""
        return self.rows[0]


class ScansToCheckView(Viewer):
    """Shown at its own step; each press decides one question, with a name."""

    refusal = param.String(default="")

    def __init__(self, way: ReconciliationProgress, desk: RowRepair, language: Language) -> None:
        super().__init__()
        self._way, self._desk, self._language = way, desk, language
        self._desks = {code: one.name for code, one in way.context.handbook.desks.items()}
        shown = way.param
        self._pane = LiveHTML(
            pn.bind(self._html, shown.now, shown.step, shown.signer, self.param.refusal),
            on_form=self._form,
            css_classes=["way-part"],
            visible=shown.step.rx().rx.pipe(lambda step: step == "check"),
        )

    def __panel__(self) -> LiveHTML:
        return self._pane

    def _html(self, now: ReconciliationOverview | None, step: str, *_: object) -> str:
        if now is None or step != "check":
            return ""
        questions = group_questions(now.to_check)
        return render(
            "reconciliation/scans_to_check",
            self._language,
            count=len(now.to_check),
            questions=questions[:SHOWN],
            more=len(questions) - SHOWN,
            why=reason_texts(self._language),
            desks=self._desks,
            known=self._way.session.person.name,
            person=self._way.signer,
            refusal=self.refusal,
            now=self._way.context.now(),
        )

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        does, _, loan = act.partition(" ")
        if does == "confirm":
            name = fields.get("name", "")
            self.refusal = try_reconciliation(
                lambda: self._desk.confirm(UUID(loan), name), self._language
            )
        elif does == "open":
            self._desk.open(UUID(loan))


def group_questions(rows: Iterable[ReconciledLoan]) -> list[OpenQuestion]:
    """Group rows by the question that one answer decides, in the order of their first rows."""
    groups: dict[tuple[object, ...], list[ReconciledLoan]] = {}
    for row in rows:
        groups.setdefault(question_of(row.corrected, row.doubt), []).append(row)
    return [OpenQuestion(tuple(group)) for group in groups.values()]

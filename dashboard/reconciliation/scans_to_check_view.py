"""The scans to check: what is doubtful about each, and the decision of a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from dashboard.loans.reason_text import reason_texts
from dashboard.reconciliation.part_view import Actions, PartView
from dashboard.reconciliation.row_repair import RowRepair
from dashboard.translations import Language
from procedure.circulation.doubts import question_of
from procedure.reconciliation.loan_state import ReconciledLoan
from procedure.reconciliation.overview import ReconciliationOverview

SHOWN = 20  # questions


class ScansToCheckView(PartView):
    """Each button decides one question, with a name."""

    step = "check"

    def __init__(self, repair: RowRepair, language: Language) -> None:
        super().__init__(repair.progress, language)
        self._repair = repair

    def draw(self, now: ReconciliationOverview) -> str:
        """Return the first questions."""
        questions = group_questions(now.to_check)
        return self._render(
            "scans_to_check",
            count=now.counts.to_check,
            questions=questions[:SHOWN],
            more=len(questions) - SHOWN,
            why=reason_texts(self._language),
        )

    def actions(self, value: str, fields: Mapping[str, str]) -> Actions:
        """Return what its buttons do."""
        return {
            "confirm": lambda: self._repair.confirm(UUID(value), fields.get("name", "")),
            "open": lambda: self._repair.open(UUID(value)),
        }


def group_questions(rows: Iterable[ReconciledLoan]) -> list[list[ReconciledLoan]]:
    """Group rows by the question that one answer decides, in the order of their first rows."""
    groups: dict[tuple[object, ...], list[ReconciledLoan]] = {}
    for row in rows:
        groups.setdefault(question_of(row.corrected, row.doubt), []).append(row)
    return list(groups.values())

"""The verification of each row, and what is left to settle, by its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from uuid import UUID

import panel as pn

from dashboard.loans.file_import_view import WIDE
from dashboard.loans.import_text import bad_line_text
from dashboard.reconciliation.alma_actions import AlmaChecks
from dashboard.reconciliation.part_view import Actions, PartView
from dashboard.reconciliation.preflight_view import job_html
from dashboard.reconciliation.row_repair import RowRepair
from dashboard.reconciliation.rows import RowFilter
from dashboard.reconciliation.texts import TitleAndHint, reasons
from dashboard.translations import Language
from dashboard.ui.file_drop import Dropped, drop_zone
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import render
from procedure.circulation.imports.row import UnreadableLine
from procedure.circulation.imports.tables import ROUNDED
from procedure.reconciliation.loan_state import ReconciledLoan
from procedure.reconciliation.overview import ReconciliationOverview

SHOWN = 2  # rows of one reason


@dataclass(frozen=True, slots=True)
class LoanGroup:
    """Rows of one reason with the same next action; `rows` are the first of `count`."""

    key: str
    reason: str
    title: str
    hint: str
    count: int
    rows: tuple[ReconciledLoan, ...]
    act: str
    word: str


class VerificationView(PartView):
    """The rows to settle: the first of each reason, and all of them one press on."""

    step = "proof"

    def __init__(self, repair: RowRepair, rows: RowFilter, language: Language) -> None:
        progress = repair.progress
        super().__init__(progress, language, progress.param.job)
        self._repair, self._rows = repair, rows
        self._checks = AlmaChecks(progress=progress)
        drop = drop_zone(
            self._drop,
            language,
            language.say("Ou prouver par une liste de tous les prêts d’Alma, CSV ou XLSX"),
            accept=".csv,.xlsx",
        )
        checks = self._checks.param
        listed = pn.bind(list_html, checks.listed, checks.bad, language)
        box = pn.Column(
            *(LiveHTML(listed), drop), css_classes=["panel", "panel--flush", "way-box"], **WIDE
        )
        self._layout = pn.Column(
            *(self._pane, box), visible=self._is_shown, css_classes=["way-part"], **WIDE
        )

    def __panel__(self) -> pn.Column:
        return self._layout

    def _drop(self, files: Sequence[Dropped]) -> None:
        for _, content in files[:1]:
            self.attempt(partial(self._checks.verify_by_list, content))

    def draw(self, now: ReconciliationOverview) -> str:
        """Return the rows to settle."""
        job = self._progress.job
        return self._render(
            "verification",
            refused=now.counts.to_settle,
            sent=now.sent,
            unproved=now.to_prove,
            shifted=now.due_shifted,
            groups=list(self._groups(now)),
            asks=self._progress.context.alma.reads,
            running=job is not None and job.running,
            job=job_html(self._progress, "proof", self._language),
        )

    def actions(self, value: str, fields: Mapping[str, str]) -> Actions:
        """Return what its buttons do."""
        del fields
        return {
            "prove": self._checks.verify,
            "prove-again": lambda: self._checks.verify(again=True),
            "stop": self._checks.stop,
            "first": self._repair.open_next,
            "open": lambda: self._repair.open(UUID(value)),
            "found": lambda: self._repair.take_suggested(UUID(value)),
            "rows": lambda: self._rows.show(value),
        }

    def _groups(self, now: ReconciliationOverview) -> Iterator[LoanGroup]:
        texts, say = reasons(self._language), self._language.say
        hints = {
            "found": say("un autre numéro de la même personne existe dans Alma"),
            "corrected": say("corrigé, part avec le prochain fichier"),
        }
        for reason, refused in groupby(now.to_settle, key=lambda row: row.reason):
            named = texts.get(reason, TitleAndHint(reason))
            for act, rows in _by_action(refused, now):
                yield LoanGroup(
                    *(f"{reason}-{act}", reason, named.title, hints.get(act, named.hint)),
                    *(len(rows), tuple(rows[:SHOWN])),
                    "found" if act == "found" else "open",
                    self._label(act, reason),
                )

    def _label(self, act: str, reason: str) -> str:
        say = self._language.say
        labels = {"found": say("Prendre le numéro trouvé"), "corrected": say("Revoir")}
        by_reason = {
            "item_not_found": say("Corriger le code"),
            "user_not_found": say("Corriger le numéro"),
        }
        return labels.get(act) or by_reason.get(reason, say("Régler"))


def list_html(listed: int, bad: Sequence[UnreadableLine], language: Language) -> str:
    """Return what a list of loans gave, and which of its codes a spreadsheet has rounded."""
    return render(
        "reconciliation/loan_list_result",
        language,
        listed=listed,
        bad=bad,
        lost=[one for one in bad if ROUNDED in one.reason],
        why=lambda one: bad_line_text(one, language),
    )


def _by_action(
    rows: Iterable[ReconciledLoan], now: ReconciliationOverview
) -> list[tuple[str, list[ReconciledLoan]]]:
    """Split rows by what comes next: a number is known, is corrected, or neither."""
    split: dict[str, list[ReconciledLoan]] = {"found": [], "": [], "corrected": []}
    for row in rows:
        corrected = any(at > row.sent for at, _ in row.trail.corrections)
        suggested = now.predicted[row.loan.id].suggested
        split["corrected" if corrected else "found" if suggested else ""].append(row)
    return [(act, chosen) for act, chosen in split.items() if chosen]

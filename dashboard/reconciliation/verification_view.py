"""The verification of each row, and what is left to settle, by its reason."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from uuid import UUID

import panel as pn

from dashboard.loans.import_text import bad_line_text
from dashboard.reconciliation.alma_actions import AlmaChecks
from dashboard.reconciliation.base_view import Actions, PartView
from dashboard.reconciliation.preflight_view import job_html
from dashboard.reconciliation.row_groups_view import (
    checked_rows,
    groups_to_confirm,
    groups_to_settle,
)
from dashboard.reconciliation.row_repair import RowRepair
from dashboard.reconciliation.rows import RowFilter
from dashboard.reconciliation.texts import outcomes
from dashboard.translations import Language
from dashboard.ui.file_drop import Dropped, drop_zone
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.part import WIDE
from dashboard.ui.templating import render
from procedure.circulation.imports.row import UnreadableLine
from procedure.circulation.imports.tables import ROUNDED
from procedure.reconciliation.overview import ReconciliationOverview

GOOD = ("settled", "corrected", "found")


class VerificationView(PartView):
    """The proof of each row, then the rows to settle by reason and act.

    `write` writes files of rows that were corrected.
    """

    step = "proof"

    def __init__(
        self,
        repair: RowRepair,
        rows: RowFilter,
        write: Callable[[Collection[UUID]], object],
        language: Language,
    ) -> None:
        progress, state = repair.progress, repair.param
        self._repair, self._rows, self._write = repair, rows, write
        follows = (state.outcome, state.row, state.sending, state.asked)
        super().__init__(progress, language, progress.param.job, *follows)
        self._checks = AlmaChecks(progress=progress)
        # Only what was sent is compared with a list.
        lists = [self._list_box(language)] if progress.context.system.has_file else []
        self._view = pn.Column(
            *(self._pane, *lists), visible=self._is_shown, css_classes=["way-part"], **WIDE
        )

    def _list_box(self, language: Language) -> pn.Column:
        drop = drop_zone(
            self._drop,
            language,
            language.say("Ou prouver par une liste de tous les prêts d’Alma, CSV ou XLSX"),
            accept=".csv,.xlsx",
        )
        checks, has_api = self._checks.param, self._progress.context.system.has_api
        listed = pn.bind(list_html, checks.listed, checks.bad, language, has_key=has_api)
        return pn.Column(
            *(LiveHTML(listed), drop), css_classes=["panel", "panel--flush", "way-box"], **WIDE
        )

    def _drop(self, files: Sequence[Dropped]) -> None:
        for _, content in files[:1]:
            self.attempt(partial(self._checks.verify_by_list, content))

    def draw(self, now: ReconciliationOverview) -> str:
        """Return the rows to settle."""
        job, repair = self._progress.job, self._repair
        words = self._progress.context.handbook.words[self._language.code]
        system = self._progress.context.system
        return self._render(
            "verification",
            to_settle=now.counts.to_settle,
            sent=now.sent if system.has_file else now.counts.total,
            unproved=now.to_prove if system.has_file else now.counts.on_the_way,
            to_ask=self._to_ask(now),
            shifted=now.due_shifted,
            to_confirm=list(
                groups_to_confirm(now, system, words.settled, self._desks, self._language)
            ),
            groups=list(
                groups_to_settle(
                    *(now, words.settled, self._language),
                    at=self._progress.context.now(),
                    asked=repair.asked,
                )
            ),
            looking=repair.sending and repair.row is None,
            result="" if repair.row else self._outcome(),
            good=repair.outcome in GOOD,
            asks=self._progress.context.alma.reads,
            running=job is not None and job.running,
            job=job_html(self._progress, "proof", self._language),
        )

    def _to_ask(self, now: ReconciliationOverview) -> int:
        """Count the loans about which Alma is asked next, 0 once it has answered for each."""
        rows = now.rows_to_prove()
        is_unasked = any(row.trail.since_sent(row.trail.proof) is None for row in rows)
        return len(rows) if is_unasked else 0

    def _outcome(self) -> str:
        """Return what became of the last act of this step, empty where it was another's."""
        own = self._repair.outcome in {
            *GOOD,
            "asked_first",
            "asked_in_vain",
            "alma_silent",
            "unwritable",
        }
        return outcomes(self._language)[self._repair.outcome] if own else ""

    def actions(self, value: str, fields: Mapping[str, str]) -> Actions:
        """Return what its buttons do."""
        repair, chosen = self._repair, checked_rows(fields)
        return {
            "prove": self._checks.verify,
            "prove-again": lambda: self._checks.verify(again=True),
            "stop": self._checks.stop,
            "open": lambda: repair.open(UUID(value)),
            "take": lambda: repair.take_all_suggested(chosen),
            "settle": lambda: repair.settle_all(chosen, fields.get("how", "")),
            "write": lambda: self._write(chosen),
            "rows": lambda: self._rows.show(value),
        }


def list_html(
    listed: int, bad: Sequence[UnreadableLine], language: Language, *, has_key: bool = True
) -> str:
    """Return what a list of loans gave, and which of its codes a spreadsheet has rounded.

    `has_key` says that there may be a key for the system's API.
    """
    return render(
        "reconciliation/loan_list_result",
        language,
        has_key=has_key,
        listed=listed,
        bad=bad,
        lost=[line for line in bad if ROUNDED in line.reason],
        why=lambda one: bad_line_text(one, language),
    )

"""The verification of each loan, and the rows left to settle, by reason."""

from collections.abc import Mapping, Sequence
from functools import partial

import panel as pn
import param

from dashboard.core.state import needs
from dashboard.loans.import_text import bad_line_text
from dashboard.reconciliation.alma_actions import AlmaChecks
from dashboard.reconciliation.base_view import Actions, StepView
from dashboard.reconciliation.preflight_view import job_html
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.reconciliation.reconciliation_text import outcomes
from dashboard.reconciliation.row_groups_view import (
    checked_rows,
    groups_to_confirm,
    groups_to_settle,
)
from dashboard.reconciliation.row_repair import RowRepair
from dashboard.reconciliation.rows import RowFilter
from dashboard.translations import Language
from dashboard.ui.file_drop import Dropped, drop_zone
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import render
from dashboard.ui.view import WIDE
from procedure.circulation.imports.row import UnreadableLine
from procedure.circulation.imports.tables import ROUNDED
from procedure.reconciliation.overview import ReconciliationOverview

GOOD = ("settled", "corrected", "found")


class VerificationView(StepView):
    """The number of verified loans, then the rows to settle, by reason and action.

    `write` writes the chosen rows to files again, if they were corrected.
    """

    step = "proof"

    repair = needs(RowRepair)
    rows = needs(RowFilter)
    checks = needs(AlmaChecks)
    write = param.Callable(constant=True)

    def __init__(self, *, progress: ReconciliationProgress, **params: object) -> None:
        super().__init__(progress=progress, checks=AlmaChecks(progress=progress), **params)
        # A list of Alma's active loans can prove only loans that were uploaded in a file.
        lists = [self._list_box()] if progress.context.handbook.library_system.has_file else []
        self._view = pn.Column(
            self._view, *lists, visible=self._is_shown, css_classes=["reconciliation-part"], **WIDE
        )

    def _list_box(self) -> pn.Column:
        drop = drop_zone(
            self._drop,
            self.language,
            self.language.say("Ou prouver par une liste de tous les prêts d’Alma, CSV ou XLSX"),
            accept=".csv,.xlsx",
        )
        box = ["panel", "panel--flush", "reconciliation-box"]
        return pn.Column(LiveHTML(self._list), drop, css_classes=box, **WIDE)

    @param.depends("checks.listed", "checks.bad")
    def _list(self) -> str:
        has_api = self.progress.context.handbook.library_system.has_api
        return list_html(self.checks.listed, self.checks.bad, self.language, has_key=has_api)

    def _drop(self, files: Sequence[Dropped]) -> None:
        for _, content in files[:1]:
            self.attempt(partial(self.checks.verify_by_list, content))

    @param.depends("progress.job", "repair.outcome", "repair.row", "repair.sending", "repair.asked")
    def draw(self, overview: ReconciliationOverview) -> str:
        job, repair = self.progress.job, self.repair
        words = self.progress.context.handbook.current.words[self.language.code]
        system = self.progress.context.handbook.library_system
        return self._render(
            "verification",
            to_settle=overview.counts.to_settle,
            sent=overview.sent if system.has_file else overview.counts.total,
            unproved=overview.to_prove if system.has_file else overview.counts.on_the_way,
            to_ask=self._to_ask(overview),
            shifted=overview.due_shifted,
            to_confirm=list(
                groups_to_confirm(overview, system, words.settled, self._desks, self.language)
            ),
            groups=list(
                groups_to_settle(
                    overview,
                    words.settled,
                    self.language,
                    at=self.progress.context.clock.now(),
                    asked={} if repair.sending else repair.asked,
                )
            ),
            looking=repair.sending and repair.row is None,
            result="" if repair.row else self._outcome(),
            good=repair.outcome in GOOD,
            asks=self.progress.context.alma.reads,
            running=job is not None and job.running,
            job=job_html(self.progress, "proof", self.language),
        )

    def _to_ask(self, overview: ReconciliationOverview) -> int:
        """Return how many loans the next job will ask Alma about; 0 once each has an answer."""
        rows = overview.rows_to_prove()
        is_unasked = any(row.history.since_sent(row.history.verification) is None for row in rows)
        return len(rows) if is_unasked else 0

    def _outcome(self) -> str:
        """Return the outcome of the last action if it was part of this step, or an empty string."""
        own = self.repair.outcome in {
            *GOOD,
            "asked_first",
            "asked_in_vain",
            "alma_silent",
            "unwritable",
        }
        return outcomes(self.language)[self.repair.outcome] if own else ""

    def actions(self, value: str, fields: Mapping[str, str]) -> Actions:
        repair, chosen = self.repair, checked_rows(fields)
        return {
            "prove": self.checks.verify,
            "prove-again": lambda: self.checks.verify(again=True),
            "stop": self.checks.stop,
            "open": lambda: repair.open_first(chosen),
            "take": lambda: repair.take_all_suggested(chosen),
            "settle": lambda: repair.settle_all(chosen, fields.get("how", "")),
            "write": lambda: self.write(chosen),
            "rows": lambda: self.rows.show(value),
        }


def list_html(
    listed: int, bad: Sequence[UnreadableLine], language: Language, *, has_key: bool = True
) -> str:
    """Return the HTML about the last list of Alma's loans that was compared with ours.

    If no loan could be read, it shows the lines whose codes a spreadsheet has rounded. `has_key`
    says whether there may be an API key.
    """
    return render(
        "reconciliation/loan_list_result",
        language,
        has_key=has_key,
        listed=listed,
        bad=bad,
        lost=[line for line in bad if ROUNDED in line.reason],
        why=lambda line: bad_line_text(line, language),
    )

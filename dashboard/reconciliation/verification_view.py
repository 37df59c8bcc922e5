"""The proof of each row, and what is left to settle, by its reason and with one next act."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from uuid import UUID

import panel as pn
import param
from panel.viewable import Viewer

from dashboard.loans.file_import_view import WIDE
from dashboard.loans.import_text import bad_line_text
from dashboard.reconciliation.alma_checks import AlmaChecks
from dashboard.reconciliation.alma_job import AlmaJob
from dashboard.reconciliation.feedback import try_reconciliation
from dashboard.reconciliation.preflight_view import job_html
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.reconciliation.row_repair import RowRepair
from dashboard.reconciliation.rows import RowFilter
from dashboard.reconciliation.texts import TitleAndHint, reasons
from dashboard.translations import Language
from dashboard.ui.drop_zone import drop_zone
from dashboard.ui.file_drop import Dropped
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import render
from procedure.circulation.imports.row import UnreadableLine
from procedure.circulation.imports.tables import ROUNDED
from procedure.reconciliation.overview import ReconciliationOverview
from procedure.reconciliation.row_state import ReconciledLoan

SHOWN = 2  # rows of one reason


@dataclass(frozen=True, slots=True)
class LoanGroup:
    """Rows of one reason that have the same next act; `rows` are the first of them."""

    key: str
    reason: str
    named: TitleAndHint
    count: int
    rows: tuple[ReconciledLoan, ...]
    act: str
    word: str

    @property
    def title(self) -> str:
        """The reason."""
        return self.named.title

    @property
    def hint(self) -> str:
        """What stands behind it."""
        return self.named.hint


class VerificationView(Viewer):
    """The rows to settle: the first of each reason, and all of them one press on."""

    refusal = param.String(default="")

    def __init__(
        self, way: ReconciliationProgress, desk: RowRepair, rows: RowFilter, language: Language
    ) -> None:
        super().__init__()
        self._way, self._desk, self._rows, self._language = way, desk, rows, language
        self._checks = AlmaChecks(way=way)
        self._desks = {code: one.name for code, one in way.context.handbook.desks.items()}
        shown = way.param
        html = pn.bind(self._html, shown.now, shown.step, shown.job, self.param.refusal)
        drop = drop_zone(
            self._dropped,
            language,
            language.say("Ou prouver par une liste de tous les prêts d’Alma, CSV ou XLSX"),
            accept=".csv,.xlsx",
        )
        checks = self._checks.param
        self._layout = pn.Column(
            LiveHTML(html, self._act, css_classes=["way-part"]),
            pn.Column(
                *(LiveHTML(pn.bind(self._list, checks.listed, checks.bad)), drop),
                css_classes=["panel", "panel--flush", "way-box"],
                **WIDE,
            ),
            visible=shown.step.rx().rx.pipe(lambda step: step == "proof"),
            css_classes=["way-part"],
            **WIDE,
        )

    def __panel__(self) -> pn.Column:
        return self._layout

    def _dropped(self, files: Sequence[Dropped]) -> None:
        for _, content in files[:1]:
            act = partial(self._checks.prove_by_list, content)
            self.refusal = try_reconciliation(act, self._language)

    def _list(self, listed: int, bad: tuple[UnreadableLine, ...]) -> str:
        return list_html(listed, bad, self._language)

    def _html(
        self, now: ReconciliationOverview | None, step: str, job: AlmaJob | None, refusal: str
    ) -> str:
        if now is None or step != "proof":
            return ""
        return render(
            "reconciliation/verification",
            self._language,
            refused=len(now.refused),
            sent=now.sent,
            unproved=now.to_prove,
            shifted=now.due_shifted,
            groups=list(self._groups(now)),
            asks=self._way.context.alma.reads,
            running=job is not None and job.running,
            job=job_html(self._way, "proof", self._language),
            refusal=refusal,
            desks=self._desks,
            now=self._way.context.now(),
        )

    def _groups(self, now: ReconciliationOverview) -> Iterator[LoanGroup]:
        words = reasons(self._language)
        for reason, found in groupby(now.refused, key=lambda row: row.reason):
            for act, rows in _by_act(found, now):
                named = words.get(reason, TitleAndHint(reason))
                yield LoanGroup(
                    *(f"{reason}-{act}", reason, self._named(named, act), len(rows)),
                    tuple(rows[:SHOWN]),
                    "found" if act == "found" else "open",
                    self._word(act, reason),
                )

    def _named(self, named: TitleAndHint, act: str) -> TitleAndHint:
        say = self._language.say
        hints = {
            "found": say("un autre numéro de la même personne existe dans Alma"),
            "corrected": say("corrigé, à renvoyer avec les refus"),
        }
        return TitleAndHint(named.title, hints.get(act, named.hint))

    def _word(self, act: str, reason: str) -> str:
        say = self._language.say
        words = {"found": say("Prendre le numéro trouvé"), "corrected": say("Revoir")}
        by_reason = {
            "item_not_found": say("Corriger le code"),
            "user_not_found": say("Corriger le numéro"),
        }
        return words.get(act) or by_reason.get(reason, say("Régler"))

    def _act(self, act: str, value: str) -> None:
        acts: dict[str, Callable[[], object]] = {
            "prove": self._checks.prove,
            "prove-again": lambda: self._checks.prove(again=True),
            "stop": self._checks.stop,
            "first": self._desk.first,
            "open": lambda: self._desk.open(UUID(value)),
            "found": lambda: self._desk.take_found(UUID(value)),
            "rows": lambda: self._rows.show(value),
        }
        if act in acts:
            self.refusal = try_reconciliation(acts[act], self._language)


def list_html(listed: int, bad: Sequence[UnreadableLine], language: Language) -> str:
    """Say what a list of loans gave, and which of its codes a spreadsheet has rounded."""
    return render(
        "reconciliation/loan_list_result",
        language,
        listed=listed,
        bad=bad,
        lost=[one for one in bad if ROUNDED in one.reason],
        why=lambda one: bad_line_text(one, language),
    )


def _by_act(
    rows: Iterable[ReconciledLoan], now: ReconciliationOverview
) -> list[tuple[str, list[ReconciledLoan]]]:
    """Part the rows of a reason by what comes next: a number is known, is corrected, or neither."""
    parted: dict[str, list[ReconciledLoan]] = {"found": [], "": [], "corrected": []}
    for row in rows:
        corrected = any(at > row.sent for at, _ in row.trail.corrections)
        suggested = now.predicted[row.loan.id].suggested
        parted["corrected" if corrected else "found" if suggested else ""].append(row)
    return [(act, found) for act, found in parted.items() if found]

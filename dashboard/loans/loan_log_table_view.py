"""The loan log as a read-only, paged table."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from uuid import UUID

from markupsafe import Markup

from dashboard.loans.list_text import is_listed, list_warnings_text
from dashboard.loans.loan_log import LoanLogFilter
from dashboard.loans.reason_text import reason_texts
from dashboard.translations import Language
from dashboard.ui.paged_table import PagedTable
from dashboard.ui.templating import render_markup
from dashboard.ui.view import View
from procedure.circulation.due_dates import due_date
from procedure.circulation.loan_row import LoanRow, LoanState
from procedure.circulation.transactions import Loan
from procedure.local_time import library_zone, local
from procedure.reconciliation.reconciled_loan import ReconciliationState

NOON = time(12)
# For each state: the shape and hue of its chip, and a class that makes the chip inconspicuous, or
# an empty string.
_LOOKS: Mapping[str, tuple[str, str, str]] = {
    LoanState.RECORDED: ("up", "up", "chip--calm"),
    LoanState.EXPORTED: ("here", "up", "chip--calm"),
    ReconciliationState.UPLOADED: ("here", "up", "chip--calm"),
    ReconciliationState.CONFIRMED: ("up", "up", "chip--calm"),
    ReconciliationState.REFUSED: ("slow", "slow", ""),
    ReconciliationState.SETTLED_BY_HAND: ("person", "up", "chip--calm"),
    LoanState.VOID: ("unknown", "unknown", ""),
    LoanState.REPEATED: ("slow", "unknown", ""),
    "decide": ("unknown", "unknown", ""),
    "check": ("slow", "slow", ""),
}


class LoanTableView(View):
    """The table of `LoanLogFilter.rows`.

    Rows have a button that calls `on_act(row)`, unless `on_act` is None because the person may not
    void loans. If `masked`, only the last three digits of a patron's number reach the browser.
    """

    def __init__(
        self,
        listing: LoanLogFilter,
        language: Language,
        on_act: Callable[[LoanRow], None] | None,
        *,
        masked: bool,
    ) -> None:
        super().__init__()
        self._listing, self._language = listing, language
        self._why = reason_texts(language)
        self._chip, self._short_day = cache(self._draw_chip), cache(self._draw_day)
        self._masked = masked
        self._acts = {} if on_act is None else {"act": on_act}
        self._view = self._make()
        self._show()
        listing.param.watch(self._show, "rows")
        listing.param.watch(lambda _: self._view.param.trigger("rows"), "read_to")
        listing.param.watch(lambda *_: self._view.show_page(0), ["desk", "day", "state", "text"])

    def _make(self) -> PagedTable[LoanRow]:
        say = self._language.say
        titles = {
            "time": say("Heure"),
            "patron": say("Lecteur"),
            "item": say("Document"),
            "desk": say("Guichet"),
            "due": say("Retour prévu"),
            "state": say("État"),
            "remark": say("Remarque"),
        }
        if self._acts:
            titles["act"] = say("Corriger")
        return PagedTable(
            say("Journal des prêts"),
            titles=titles,
            draw=self._row,
            key=lambda row: str(row.loan.id),
            acts=self._acts,
            language=self._language,
        )

    def _show(self, *_: object) -> None:
        self._view.show_rows(self._listing.rows)

    def _row(self, row: LoanRow) -> tuple[str, ...]:
        reconciled = self._listing.reconciled(row)
        loan = row.loan if reconciled is None else reconciled.corrected
        state = row.state if reconciled is None else reconciled.shown_state
        cells = (
            self._time(row),
            self._patron(loan),
            loan.item,
            self._desk(loan.desk),
            self._due(loan) if row.is_valid else "",
            self._chip(state, self._doubt(row)),
            self._remark(row),
        )
        return (*cells, self._button(row)) if self._acts else cells

    def _desk(self, code: str) -> str:
        known = self._listing.context.handbook.current.desks.get(code)
        return known.name if known else code

    def _due(self, loan: Loan) -> str:
        return self._short_day(due_date(loan, self._listing.context.handbook.current.scans))

    def _patron(self, loan: Loan) -> str:
        return f"…{loan.patron[-3:]}" if self._masked else loan.patron

    def _time(self, row: LoanRow) -> str:
        # Babel takes ten times as long, and a log may have 100,000 rows.
        at = local(row.loan.at)
        clock = f"{at:%H:%M}" if row.loan.late else f"{at:%H:%M:%S}"
        return clock if self._listing.day else f"{self._short_day(row.day)} {clock}"

    def _draw_day(self, day: date) -> str:
        return self._language.day(datetime.combine(day, NOON, library_zone()), short=True)

    def _remark(self, row: LoanRow) -> str:
        remarks = []
        if row.void is not None:
            remarks.append(self._language.written(row.void.reason))
        elif row.repeats is not None:
            remarks.append(self._repeated(row.repeats))
        elif row.loan.warning and not is_listed(row.loan):
            remarks.append(self._why.get(row.loan.warning, row.loan.warning))
        if row.void_after_export:
            remarks.append(self._why["void_after_export"])
        if row.loan.told and row.void is None:
            remarks.append(
                list_warnings_text(row.loan, self._listing.context.clock.now(), self._language)
            )
        if row.loan.overridden and not is_listed(row.loan):
            remarks.append(self._why["overridden"])
        if row.loan.late:
            remarks.append(self._why["late"])
        remarks.extend(self._corrected(row))
        return " ".join(remarks)

    def _repeated(self, first: UUID) -> str:
        row = self._listing.context.folds.loan_log.row(first)
        clock = "" if row is None else f"{local(row.loan.at):%H:%M:%S}"
        return self._language.say("Même scan que celui de {time} : compté une fois.", time=clock)

    def _corrected(self, row: LoanRow) -> Iterator[str]:
        """Yield a remark if the workstation's clock was corrected by a minute or more."""
        made_at = row.loan.made_at
        if made_at is not None and abs(made_at - row.loan.at) >= timedelta(minutes=1):
            clock = f"{local(made_at):%H:%M}"
            yield self._language.say("Heure corrigée : {time} au poste.", time=clock)

    def _doubt(self, row: LoanRow) -> str:
        if not self._listing.is_doubtful(row):
            return ""
        return "decide" if is_listed(row.loan) and row.void is None else "check"

    def _draw_chip(self, state: str, doubt: str) -> Markup:
        say = self._language.say
        words = {
            LoanState.RECORDED: say("Enregistré"),
            LoanState.EXPORTED: say("Dans un fichier"),
            ReconciliationState.UPLOADED: say("Envoyé"),
            ReconciliationState.CONFIRMED: say("Dans Alma"),
            ReconciliationState.REFUSED: say("À régler"),
            ReconciliationState.SETTLED_BY_HAND: say("Réglé à la main"),
            LoanState.VOID: say("Annulé"),
            LoanState.REPEATED: say("Doublon"),
            "decide": say("À décider"),
            "check": say("À vérifier"),
        }
        form, hue, calm = _LOOKS[doubt or state]
        values = {"form": form, "hue": hue, "calm": calm, "word": words[doubt or state]}
        return render_markup("loans/loan_state", self._language, **values)

    def _button(self, row: LoanRow) -> Markup:
        say = self._language.say
        word = say("Annuler") if row.void is None else say("Rétablir")
        values = {"word": word, "of": say("ce prêt"), "key": row.loan.id}
        return render_markup("loans/loan_action", self._language, **values)

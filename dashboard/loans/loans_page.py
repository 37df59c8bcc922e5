"""The loans page: the scan box, pending loans, the loan log, and a file import behind a button."""

from collections.abc import Mapping
from uuid import UUID

import panel as pn
import param

from dashboard.core.state import needs
from dashboard.loans.file_import_view import FileImportView
from dashboard.loans.loan_log_view import LoanLogPanel
from dashboard.loans.loans import LendingState
from dashboard.loans.pending_loans import PendingLoans
from dashboard.loans.reason_text import reason_texts, try_loan_action
from dashboard.loans.scan_view import ScanView
from dashboard.outage.outage import OutageState
from dashboard.ui.html_view import HtmlView
from dashboard.ui.lazy_place import view_or_failure
from dashboard.ui.templating import render
from dashboard.ui.view import STYLED, WIDE, View


class LoansPage(View):
    """The page that a desk uses while Alma is down, at the lending step (C1)."""

    lending = needs(LendingState)
    outage = needs(OutageState)
    dropped = param.Boolean(default=False, doc="Whether the file import is open.")

    def __init__(self, **params: object) -> None:
        super().__init__(**params)
        values = {"lending": self.lending, "language": self.language}
        opens = pn.widgets.Toggle.from_param(
            self.param.dropped,
            label=self.language.say("Reprendre un fichier"),
            css_classes=["plain-btn"],
            **STYLED,
        )
        file_import = pn.Column(
            self._import(),
            visible=self.param.dropped,
            **WIDE | {"css_classes": ["inline-form"]},
        )
        self._view = pn.Column(
            ScanView(outage=self.outage, **values),
            view_or_failure(
                PendingLoansView, pending_loans=self.lending.pending_loans, language=self.language
            ),
            view_or_failure(LoanLogPanel, doors=[opens], opened=[file_import], **values),
            css_classes=["page--lending"],
            **WIDE,
        )

    def _import(self) -> FileImportView:
        file_import, language = self.lending.file_import, self.language
        # A file can be dropped while the import is closed. The import then opens to show the file.
        file_import.param.watch(lambda event: self.param.update(dropped=bool(event.new)), "files")
        return FileImportView(
            file_import=file_import,
            language=language,
            head=render("loans/file_import_lent", language),
            label=language.say("Déposez ici le fichier du poste, ou choisissez-le"),
            place="loans",
        )


class PendingLoansView(HtmlView):
    """The pending loans of the page's desk and, on request, of the other desks.

    The result of the last action is shown above them.
    """

    pending_loans = needs(PendingLoans)
    result = param.String(default="", doc="The result of the last action, as HTML.")
    opened = param.String(
        default="", doc="The id of the loan whose form is open; empty if no form is open."
    )
    listed = param.Boolean(default=False, doc="Whether the loans of other desks are listed.")
    css_classes = ("waits-part",)

    @property
    def _desks(self) -> dict[str, str]:
        desks = self.pending_loans.context.handbook.current.desks
        return {code: desk.name for code, desk in desks.items()}

    @param.depends(
        "pending_loans.pending", "pending_loans.session.desk", "result", "opened", "listed"
    )
    def _html(self) -> str:
        rows, desk = self.pending_loans.pending, self.pending_loans.session.desk
        return render(
            "loans/waiting",
            self.language,
            own=[row for row in rows if row.loan.desk == desk],
            elsewhere=[row for row in rows if row.loan.desk != desk],
            result=self.result,
            opened=self.opened,
            listed=self.listed,
            why=reason_texts(self.language),
            desks=self._desks,
            now=self.pending_loans.context.clock.now(),
        )

    def _act(self, act: str, value: str) -> None:
        if act == "open":
            self.opened = value
        elif act == "elsewhere":
            self.listed = not self.listed

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        try:
            pending = UUID(fields.get("waiting", ""))
        except ValueError:
            return
        if act == "complete":
            self._complete(pending, fields.get("patron", ""))
        elif act == "drop":
            reason = fields.get("reason", "")
            refused = try_loan_action(
                lambda: self.pending_loans.take_back(pending, reason), self.language
            )
            self._show_result(refused, self.language.say("Prêt sur carte oubliée annulé."))

    def _complete(self, pending: UUID, patron: str) -> None:
        doubts: list[str | None] = []
        refused = try_loan_action(
            lambda: doubts.append(self.pending_loans.complete(pending, patron)), self.language
        )
        why = reason_texts(self.language)
        doubt = next((why.get(doubt, doubt) for doubt in doubts if doubt), "")
        done = self.language.say("Prêt complété, à l’heure où le document est parti.")
        self._show_result(refused, f"{done} {doubt}".rstrip())

    def _show_result(self, refused: str, done: str) -> None:
        name, words = ("ui/refusal", {"why": refused}) if refused else ("ui/done", {"what": done})
        self.result = render(name, self.language, **words)

"""The offline files on the page: written, downloaded by link, and marked as uploaded."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from uuid import UUID

import param

from dashboard.core.state import needs
from dashboard.loans.reason_text import reason_texts
from dashboard.reconciliation.base_view import Actions, StepView
from dashboard.reconciliation.job_reports import JobReports
from dashboard.reconciliation.offline_files import TRIAL, OfflineFiles
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.reconciliation.reconciliation_text import stops
from dashboard.reconciliation.row_settlement import chosen_rows
from dashboard.translations import Language
from dashboard.ui.templating import render
from procedure.local_time import local
from procedure.reconciliation.checklist import BLOCK_OFF, CARTS_CLOSED
from procedure.reconciliation.export_times import TimesUnconfirmed
from procedure.reconciliation.from_cart import CartLoanPolicy
from procedure.reconciliation.overview import FileState, ReconciliationOverview


def odd_times(unconfirmed: TimesUnconfirmed | None, language: Language) -> str:
    """Return the loan times to confirm as HTML, or an empty string."""
    if unconfirmed is None:
        return ""
    return render(
        "reconciliation/unusual_times",
        language,
        unconfirmed=unconfirmed,
        # with the year, because the year may be wrong
        when=lambda at: f"{local(at):%d.%m.%Y %H:%M}",
    )


# Points on the checklist to tick before any file is written.
BLOCKING = {BLOCK_OFF, CARTS_CLOSED}


class OfflineFilesView(StepView):
    """The files in upload order."""

    step = "send"

    files = needs(OfflineFiles)
    reports = needs(JobReports)

    def __init__(self, *, progress: ReconciliationProgress, **params: object) -> None:
        super().__init__(
            progress=progress,
            files=OfflineFiles(progress=progress),
            reports=JobReports(progress=progress),
            **params,
        )
        self._unwritten: Callable[[Collection[UUID]], object] = self.files.write

    @param.depends(
        "progress.writing",
        "progress.ticks",
        "files.left_out",
        "files.unconfirmed",
        "reports.pending",
    )
    def draw(self, overview: ReconciliationOverview) -> str:
        job = self.progress.writing
        return self._render(
            "offline_files",
            files=overview.files,
            to_write=sorted(overview.to_write.items()),
            open=overview.left,
            awaited=any(self._is_awaited(file) for file in overview.files),
            unsent=sum(1 for file in overview.files if not file.uploaded),
            corrected=sum(row.is_corrected for row in overview.to_settle),
            writing=job is not None and job.running,
            stopped=stops(self.language)[job.stopped] if job is not None and job.stopped else "",
            next_act=self._next_act(overview),
            from_cart=0
            if self.progress.context.handbook.library_system.ends_earlier_loan
            else overview.from_cart,
            choices=self._choices(),
            chosen=self.files.from_cart,
            left_out=self.files.left_out,
            odd_times=odd_times(self.files.unconfirmed, self.language),
            trial=TRIAL,
            why=reason_texts(self.language),
        )

    def _next_act(self, overview: ReconciliationOverview) -> str:
        """Return the next action on the files: `write` or `download`.

        It is empty while a report is pending or a point in `BLOCKING` is open.
        """
        if self.reports.pending or BLOCKING & {*self.progress.context.folds.checklist.open_before}:
            return ""
        return "write" if overview.to_write else "download"

    def _is_awaited(self, file: FileState) -> bool:
        """Return whether a file still needs an upload or a report."""
        if self.progress.context.handbook.library_system.read_report is None:
            return not file.uploaded
        return file.report is None

    def _choices(self) -> list[tuple[str, str]]:
        say = self.language.say
        return [
            (CartLoanPolicy.AS_IT_IS, say("ne rien ajouter au fichier")),
            (CartLoanPolicy.RETURNS_FIRST, say("écrire leur retour juste avant")),
            (CartLoanPolicy.HAND_ON, say("les laisser hors du fichier, à faire à la main")),
        ]

    def actions(self, value: str, fields: Mapping[str, str]) -> Actions:
        files = self.files
        acts: Actions = {
            "write": lambda: self._write(files.write),
            "write-corrected": lambda: self._write(files.write_again),
            "trial": lambda: self._write(partial(files.write_trial, value)),
            "confirm-times": self._confirm,
            "uploaded": lambda: self._mark_uploaded(UUID(value)),
        }
        choice = fields.get("choice")
        if choice in set(CartLoanPolicy):
            chosen = {"from_cart": CartLoanPolicy(choice)}
            return {**acts, "from-cart": lambda: files.param.update(**chosen)}
        return acts

    def write_corrected(self, loans: Collection[UUID]) -> None:
        """Write corrected rows again, and go to the step with the files to upload.

        Raises:
            TransactionRefused: no row is chosen, or files are already being written.
        """
        self._write(partial(self.files.write_again, only=chosen_rows(loans)))
        self.progress.go("send")

    def _write(
        self, write: Callable[[Collection[UUID]], object], confirmed: Collection[UUID] = ()
    ) -> None:
        """Call `write`, and keep it to call again if loan times must be confirmed first."""
        write(confirmed)
        self._unwritten = write

    def _mark_uploaded(self, export: UUID) -> None:
        self.files.mark_uploaded(export)
        self.progress.go_on()

    def _confirm(self) -> None:
        if (asked := self.files.unconfirmed) is not None:
            self._write(self._unwritten, {loan.id for loan in asked.loans})

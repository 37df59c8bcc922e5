"""Writes the offline files for Alma, one per desk, and marks files as uploaded."""

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import param

from dashboard.core.context import AppContext
from dashboard.core.state import needs
from dashboard.core.visitor import Permission
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from procedure.circulation.circulation_log import KINDS, CirculationLog
from procedure.circulation.offline_files.offline_format import UnwritableRow
from procedure.circulation.transactions import Export
from procedure.errors import TransactionRefused
from procedure.reconciliation.corrections import mark_uploaded
from procedure.reconciliation.export_plan import ExportedFile
from procedure.reconciliation.export_times import TimesUnconfirmed, time_check
from procedure.reconciliation.from_cart import CartLoanPolicy
from procedure.reconciliation.offline_file_export import export_desk, to_write
from procedure.reconciliation.re_export import export_again
from procedure.reconciliation.reconciliation_log import ReconciliationLog

TRIAL = 3  # loans in a trial file


@dataclass(frozen=True, slots=True)
class _Written:
    """The written files, and the loan times to confirm before other files can be written."""

    files: tuple[ExportedFile, ...]
    unconfirmed: TimesUnconfirmed | None


class OfflineFiles(param.Parameterized):
    """The offline files, one per desk, in upload order: the desk that lent first comes first.

    If an event loop is running, a job writes the files in a thread, because 5,000 loans take a
    fifth of a second. The thread reads the journal itself, and the job continues if the page is
    closed. Only one job runs at a time. If others record entries that affect a file in the
    meantime, the file is planned again.

    The argument `confirmed` holds the ids of the loans whose unusual times staff have confirmed.
    Desks that have other loans with unusual times are skipped; `unconfirmed` lists those loans.

    If a method that writes files raises an error, the files written before the error are kept.

    Raises:
        TransactionRefused: a job is already writing files.
        NotAllowed: the person may not write files.
        JournalUnwritable: an export cannot be recorded, and no event loop is running.
    """

    progress = needs(ReconciliationProgress)
    from_cart = param.Selector(
        default=CartLoanPolicy.AS_IT_IS,
        objects=list(CartLoanPolicy),
        doc="The chosen way to handle loans made from a cart.",
    )
    left_out = param.ClassSelector(
        class_=tuple,
        default=tuple[UnwritableRow, ...](),
        doc="An `UnwritableRow` for each loan that cannot be written to a file.",
    )
    written = param.ClassSelector(
        class_=tuple,
        default=tuple[Export, ...](),
        doc="The `Export`s of the most recently written files.",
    )
    unconfirmed = param.ClassSelector(
        class_=TimesUnconfirmed,
        doc="The loan times that must be confirmed before the remaining files can be written.",
    )

    def write(self, confirmed: Collection[UUID] = ()) -> None:
        """Write each desk's loans that are not in a file yet."""
        context, how = self._require(), self._how(confirmed) | self.progress.recorded_by

        def work() -> _Written:
            log = CirculationLog(context.store.journal.since(0, kinds=KINDS))
            # `to_write` returns the desks in the order of their first loan, which is the upload
            # order.
            return _each(
                to_write(log), lambda desk: export_desk(context.store.journal, log, desk, **how)
            )

        self._begin(work)

    def write_trial(self, desk: str, confirmed: Collection[UUID] = ()) -> None:
        """Write a small file for one desk, to try in Alma before the other files."""
        context, how = self._require(), self._how(confirmed) | self.progress.recorded_by
        log = CirculationLog()
        self._begin(
            lambda: _each(
                [desk],
                lambda code: export_desk(context.store.journal, log, code, trial=TRIAL, **how),
            )
        )

    def write_again(
        self, confirmed: Collection[UUID] = (), *, only: Collection[UUID] | None = None
    ) -> None:
        """Write refused loans to new files: those in `only`, or all corrected loans by default."""
        context, log = self._require(), ReconciliationLog()
        newest = self.progress.ledger.current()
        every = () if newest is None else newest.to_settle
        refused = [
            row for row in every if (row.is_corrected if only is None else row.loan.id in only)
        ]
        desks = dict.fromkeys(row.loan.desk for row in sorted(refused, key=lambda row: row.loan.at))
        how = self._how(confirmed) | self.progress.recorded_by
        how |= {"only": {row.loan.id for row in refused}}
        self._begin(
            lambda: _each(desks, lambda desk: export_again(context.store.journal, log, desk, **how))
        )

    def mark_uploaded(self, export: UUID) -> None:
        """Record that a file was uploaded; needed only if there is no report on it.

        Raises:
            JournalUnwritable, NotAllowed.
        """
        context = self.progress.require()
        sent = self.progress.ledger.reconciled.log.export(export)
        if sent is not None:
            by, at = self.progress.session.acting or None, context.clock.now()
            entry = mark_uploaded(sent, entry_id=context.clock.new_id(), at=at, operator=by)
            self.progress.record(entry)
        self.progress.update()

    def _begin(self, work: Callable[[], _Written]) -> None:
        """Write files at once, or start the job that writes them."""
        ledger = self.progress.ledger
        if not ledger.uses_thread:
            self._show(work())
        elif not ledger.writing.begin("files", lambda _: self._write(work)):
            raise TransactionRefused("files_running", "Files are being written: please wait.")
        self.progress.update()

    async def _write(self, work: Callable[[], _Written]) -> int:
        written = await asyncio.to_thread(work)
        await self.progress.show_all()
        self._show(written)
        return 0

    def _show(self, written: _Written) -> None:
        plans = [file.plan for file in written.files]
        self.param.update(
            left_out=tuple(row for plan in plans for row in plan.unwritable),
            written=tuple(file.export for file in written.files if file.export is not None),
            unconfirmed=written.unconfirmed,
        )

    def _how(self, confirmed: Collection[UUID]) -> dict[str, Any]:
        """Clear `unconfirmed`, and return the arguments for all exports started by one click."""
        context, self.unconfirmed = self.progress.context, None
        period = context.folds.outages.newest_period()
        return {
            "now": context.clock.now,
            "new_id": context.clock.new_id,
            "file_format": context.handbook.library_system.offline_file,
            "from_cart": self.from_cart,
            "times": time_check(period, context.clock.now(), confirmed),
        }

    def _require(self) -> AppContext:
        return self.progress.require(Permission.EXPORT)


def _each(desks: Iterable[str], export: Callable[[str], ExportedFile]) -> _Written:
    """Export desks, but skip those with unconfirmed loan times; collect the loans concerned."""
    done, refusals = list[ExportedFile](), list[TimesUnconfirmed]()
    for desk in desks:
        try:
            done.append(export(desk))
        except TimesUnconfirmed as refusal:
            refusals.append(refusal)
    loans = [loan for refusal in refusals for loan in refusal.loans]
    asked = TimesUnconfirmed(refusals[0].year, loans) if refusals else None
    return _Written(tuple(done), asked)

"""The files for Alma of all desks: written, written again as corrected, said to be uploaded."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from uuid import UUID

import param

from dashboard.core.context import AppContext
from dashboard.core.rights import Permission
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from procedure.circulation.loan_row import LoanState
from procedure.circulation.offline_file import UnwritableRow
from procedure.circulation.transactions import Export
from procedure.reconciliation.corrections import mark_uploaded
from procedure.reconciliation.export import ExportedFile, export_desk, waiting
from procedure.reconciliation.export_times import TimesUnconfirmed, time_check
from procedure.reconciliation.from_cart import CartLoanPolicy
from procedure.reconciliation.re_export import export_again
from procedure.reconciliation.row_state import ReconciledLoan

TRIAL = 3  # loans in a first small file


class OfflineFiles(param.Parameterized):
    """One file a desk, in the order in which they are to be uploaded: the desk that began first.

    `from_cart` says what is done about loans made from a cart, and is what a person chose.
    `left_out` are the loans that no file can hold, `written` the exports of the last press.
    """

    way: ReconciliationProgress = param.Parameter(constant=True)
    from_cart = param.Selector(default=CartLoanPolicy.AS_IT_IS, objects=list(CartLoanPolicy))
    left_out: tuple[UnwritableRow, ...] = param.Parameter(default=())
    written: tuple[Export, ...] = param.Parameter(default=())

    def __init__(
        self, *, way: ReconciliationProgress, new_id: Callable[[], UUID] | None = None
    ) -> None:
        super().__init__(way=way)
        self._new_id = new_id or way.context.new_id

    def write(self, confirmed: Collection[UUID] = ()) -> None:
        """Write what waits at each desk.

        `confirmed` are loans whose odd time somebody has confirmed, here and below.

        Raises:
            JournalUnwritable, NotAllowed: the files written before are kept.
            TimesUnconfirmed: the files of the other desks are written.
        """
        self._each(self._waiting(), lambda desk: self._export(desk, confirmed))

    def write_trial(self, desk: str, confirmed: Collection[UUID] = ()) -> None:
        """Write a first small file of one desk, to be seen in Alma before the rest.

        Raises:
            JournalUnwritable, NotAllowed, TimesUnconfirmed: nothing was written.
        """
        self._each([desk], lambda one: self._export(one, confirmed, trial=TRIAL))

    def write_refused(self, confirmed: Collection[UUID] = ()) -> None:
        """Write, for each desk, what Alma refused, as corrected.

        Raises:
            JournalUnwritable, NotAllowed: the files written before are kept.
            TimesUnconfirmed: the files of the other desks are written.
        """
        context = self._allowed()
        newest = context.way.current()
        refused = () if newest is None else newest.refused
        desks = dict.fromkeys(row.loan.desk for row in sorted(refused, key=_lent_at))
        self._each(
            desks,
            lambda desk: export_again(
                *(context.journal, context.way.found, desk),
                now=context.now,
                new_id=self._new_id,
                layout=context.settings.offline_layout,
                from_cart=self.from_cart,
                operator=self.way.person or None,
                times=time_check(context.outages.newest_period(), context.now(), confirmed),
            ),
        )

    def _each(self, desks: Iterable[str], export: Callable[[str], ExportedFile]) -> None:
        """Export desk by desk; those with times to confirm are named once the others are done."""
        done, refusals = list[ExportedFile](), list[TimesUnconfirmed]()
        for desk in desks:
            try:
                done.append(export(desk))
            except TimesUnconfirmed as refusal:
                refusals.append(refusal)
        self._take(done)
        if refusals:
            loans = [loan for refusal in refusals for loan in refusal.loans]
            raise TimesUnconfirmed(refusals[0].year, loans)

    def uploaded(self, export: UUID) -> None:
        """Say that a file went into Alma, where there is no report to take in.

        Raises:
            JournalUnwritable, NotAllowed.
        """
        way = self.way
        way.session.person.require(Permission.COORDINATE)
        sent = way.context.way.found.log.export(export)
        if sent is not None:
            at, by = way.context.now(), way.person or None
            way.context.journal.append(
                mark_uploaded(sent, entry_id=self._new_id(), at=at, operator=by)
            )
        way.update()

    def _waiting(self) -> list[str]:
        """Return the desks where loans wait, the one that began first at the head."""
        context = self._allowed()
        context.refold()
        counts = waiting(context.loan_log)
        recorded = context.loan_log.rows(state=LoanState.RECORDED)
        return [desk for desk in dict.fromkeys(row.loan.desk for row in recorded) if counts[desk]]

    def _export(
        self, desk: str, confirmed: Collection[UUID], trial: int | None = None
    ) -> ExportedFile:
        context = self._allowed()
        context.refold()
        return export_desk(
            *(context.journal, context.loan_log, desk),
            now=context.now,
            new_id=self._new_id,
            layout=context.settings.offline_layout,
            trial=trial,
            from_cart=self.from_cart,
            workstation=self.way.session.workstation,
            operator=self.way.person or None,
            times=time_check(context.outages.newest_period(), context.now(), confirmed),
        )

    def _allowed(self) -> AppContext:
        self.way.session.person.require(Permission.EXPORT)
        return self.way.context

    def _take(self, done: list[ExportedFile]) -> None:
        self.left_out = tuple(one for made in done for one in made.plan.unwritable)
        self.written = tuple(made.export for made in done if made.export is not None)
        self.way.update()


def _lent_at(row: ReconciledLoan) -> datetime:
    return row.loan.at

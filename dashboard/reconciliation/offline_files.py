"""The files for Alma: written desk by desk, written again as corrected, marked as uploaded."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from uuid import UUID

import param

from dashboard.core.context import AppContext
from dashboard.core.rights import Permission
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from procedure.circulation.offline_files.offline_format import UnwritableRow
from procedure.circulation.transactions import Export
from procedure.reconciliation.corrections import mark_uploaded
from procedure.reconciliation.export_plan import ExportedFile
from procedure.reconciliation.export_times import TimeCheck, TimesUnconfirmed, time_check
from procedure.reconciliation.from_cart import CartLoanPolicy
from procedure.reconciliation.offline_file_export import export_desk, waiting
from procedure.reconciliation.re_export import export_again

TRIAL = 3  # loans in a first small file


class OfflineFiles(param.Parameterized):
    """One file a desk, in the order of their upload: the desk that began first.

    `confirmed` are loans whose unusual time somebody has confirmed. What writes files raises
    `TimesUnconfirmed` when those of the other desks are written, and `JournalUnwritable` or
    `NotAllowed`; the files written before are kept.
    """

    progress: ReconciliationProgress = param.ClassSelector(
        class_=ReconciliationProgress, constant=True, doc="Where the reconciliation is."
    )
    from_cart = param.Selector(
        default=CartLoanPolicy.AS_IT_IS,
        objects=list(CartLoanPolicy),
        doc="What a person chose to do about loans made from a cart.",
    )
    left_out: tuple[UnwritableRow, ...] = param.ClassSelector(
        class_=tuple, default=(), doc="An `UnwritableRow` each loan that no file can hold."
    )
    written: tuple[Export, ...] = param.ClassSelector(
        class_=tuple, default=(), doc="The `Export`s of the last press."
    )

    def write(self, confirmed: Collection[UUID] = ()) -> None:
        """Write what waits at each desk."""
        context = self._require()
        context.models.update()
        # The desk with the first loan first, as `waiting` counts them.
        desks = [*waiting(context.models.loan_log)]
        self._each(desks, lambda desk: self._export(desk, confirmed))

    def write_trial(self, desk: str, confirmed: Collection[UUID] = ()) -> None:
        """Write a first small file of one desk, to be seen in Alma before the rest."""
        self._each([desk], lambda one: self._export(one, confirmed, trial=TRIAL))

    def write_refused(
        self, confirmed: Collection[UUID] = (), *, only: Collection[UUID] | None = None
    ) -> None:
        """Write, for each desk, what Alma refused, as corrected; `only` some of it."""
        context = self._require()
        newest = self.progress.ledger.current()
        every = () if newest is None else newest.to_settle
        refused = [row for row in every if only is None or row.loan.id in only]
        chosen = {row.loan.id for row in refused}
        desks = dict.fromkeys(row.loan.desk for row in sorted(refused, key=lambda row: row.loan.at))
        self._each(
            desks,
            lambda desk: export_again(
                *(context.journal, self.progress.ledger.reconciled, desk),
                now=context.now,
                new_id=context.new_id,
                file_format=context.system.offline_file,
                from_cart=self.from_cart,
                only=chosen,
                operator=self.progress.person or None,
                times=self._times(confirmed),
            ),
        )

    def mark_uploaded(self, export: UUID) -> None:
        """Record that a file was uploaded, where there is no report of it.

        Raises:
            JournalUnwritable, NotAllowed.
        """
        context = self.progress.require()
        sent = self.progress.ledger.reconciled.log.export(export)
        if sent is not None:
            by, at = self.progress.person or None, context.now()
            entry = mark_uploaded(sent, entry_id=context.new_id(), at=at, operator=by)
            context.journal.append(entry)
        self.progress.update()

    def _each(self, desks: Iterable[str], export: Callable[[str], ExportedFile]) -> None:
        """Export desk by desk; those with times to confirm are named once the others are done."""
        done, refusals = list[ExportedFile](), list[TimesUnconfirmed]()
        for desk in desks:
            try:
                done.append(export(desk))
            except TimesUnconfirmed as refusal:
                refusals.append(refusal)
        self.left_out = tuple(row for made in done for row in made.plan.unwritable)
        self.written = tuple(made.export for made in done if made.export is not None)
        self.progress.update()
        if refusals:
            loans = [loan for refusal in refusals for loan in refusal.loans]
            raise TimesUnconfirmed(refusals[0].year, loans)

    def _export(
        self, desk: str, confirmed: Collection[UUID], trial: int | None = None
    ) -> ExportedFile:
        context = self._require()
        context.models.update()
        return export_desk(
            *(context.journal, context.models.loan_log, desk),
            now=context.now,
            new_id=context.new_id,
            file_format=context.system.offline_file,
            trial=trial,
            from_cart=self.from_cart,
            times=self._times(confirmed),
            **self.progress.recorded_by,
        )

    def _times(self, confirmed: Collection[UUID]) -> TimeCheck:
        context = self.progress.context
        return time_check(context.models.outages.newest_period(), context.now(), confirmed)

    def _require(self) -> AppContext:
        return self.progress.require(Permission.EXPORT)

"""Asking Alma before the upload and after it: jobs that every page sees and any page may stop."""

from __future__ import annotations

from datetime import timedelta

import param

from dashboard.core.context import AppContext
from dashboard.core.rights import Permission
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from procedure.circulation.imports.row import UnreadableLine
from procedure.reconciliation.alma_loan_list import read_loan_list
from procedure.reconciliation.entries import LoanVerified
from procedure.reconciliation.row_state import ReconciledLoan
from procedure.reconciliation.verification import verify_against_list

FRESH = timedelta(hours=1)  # an answer of Alma that is younger is not asked for again
LIST = "list"  # where a proof comes from that is not the API's


class AlmaChecks(param.Parameterized):
    """The pre-flight and the proof; `bad` are the lines that a list of loans could not give."""

    way: ReconciliationProgress = param.Parameter(constant=True)
    bad: tuple[UnreadableLine, ...] = param.Parameter(default=())
    listed = param.Integer(default=-1, doc="Loans in the list that was dropped last; -1 before.")

    def preflight(self) -> bool:
        """Ask about every row that is to be uploaded; tell whether a job was begun."""
        context = self._allowed()
        newest = context.way.current()
        loans = [] if newest is None else [row.corrected for row in newest.rows_to_upload()]
        since = context.now() - FRESH
        begun = context.work.begin(
            "preflight",
            lambda on_progress: context.alma.look_up(
                context.way.found, loans, since=since, on_progress=on_progress
            ),
        )
        self.way.update()
        return begun

    def prove(self, *, again: bool = False) -> bool:
        """Ask where each row is that was sent; with `again` also what is proved already."""
        context = self._allowed()
        rows = self._rows_to_prove(again=again)
        begun = context.work.begin(
            "proof", lambda progress: context.alma.verify(rows, on_progress=progress)
        )
        self.way.update()
        return begun

    def prove_by_list(self, content: bytes) -> None:
        """Hold every sent row against a list of all active loans, CSV or XLSX.

        Raises:
            JournalUnwritable, NotAllowed: nothing was proved.
        """
        context = self._allowed()
        loans, bad = read_loan_list(content)
        self.param.update(bad=tuple(bad), listed=len(loans))
        if not loans:
            return  # an empty list would call every loan missing
        found, now = context.way.found, context.now()
        rows = self._rows_to_prove(again=True)
        users = {key: seen.user for key, seen in found.users.items() if seen.user is not None}
        verdicts = verify_against_list([row.corrected for row in rows], loans, users, now=now)
        context.journal.append(
            *(
                LoanVerified(
                    *(context.new_id(), now, row.loan.id, one.found, one.reason, one.due),
                    source=LIST,
                )
                for row, one in zip(rows, verdicts, strict=True)
            )
        )
        self.way.update()

    def stop(self) -> None:
        """Stop the job that runs; what it learnt stays."""
        self._allowed().work.stop()

    def _rows_to_prove(self, *, again: bool) -> list[ReconciledLoan]:
        newest = self.way.context.way.current()
        return [] if newest is None else newest.rows_to_prove(again=again)

    def _allowed(self) -> AppContext:
        self.way.session.person.require(Permission.COORDINATE)
        return self.way.context

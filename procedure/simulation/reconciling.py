"""Simulates the reconciliation after an outage: doubts, files, reports, checks and the sign-off."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from procedure.circulation.lending_rules import void
from procedure.circulation.list_advice import Reason
from procedure.circulation.settlements import Corrected, ReturnSettledByHand, SettledByHand
from procedure.journal import Entry
from procedure.reconciliation.journal_entries import (
    FileUploaded,
    JobReportRecorded,
    LoanVerified,
    Verification,
)
from procedure.reconciliation.offline_file_export import plan_export, to_check
from procedure.reconciliation.reconciled_loan import ReconciliationState, Stage
from procedure.reconciliation.sign_off import sign
from procedure.simulation.desk_day import seeded_random
from procedure.simulation.diary import BY_HAND, NOT_BACK, Diary, PlannedAct
from procedure.simulation.episodes import minutes

COORDINATOR: dict[str, Any] = {"workstation": "COORD-1", "operator": "cr"}
MESSAGES = ("blocked", "blocked", "item_not_found", "user_not_found", "on_loan")
_REFUSED = 0.06  # share of a file's loans that Alma refuses at random
_IN_ORDER_AGAIN = 0.15  # share of the flagged loans that Alma accepts
_MESSAGE_OF = {
    Reason.CARD_BLOCKED: "blocked",
    Reason.ITEM_NOT_FOR_LOAN: "not_loanable",
    Reason.ITEM_UNKNOWN: "item_not_found",
}
_FOUND = {"found": Verification.IN_ALMA}
_LOAN_LASTS = timedelta(days=28)


def finished(ends: datetime, desks: Iterable[str]) -> Iterator[PlannedAct]:
    """Yield the acts of a reconciliation that is finished the next morning."""
    for number, desk in enumerate(desks):
        begins = ends + minutes(30 + 12 * number)
        yield begins, partial(decide_doubts, desk=desk)
        yield begins + minutes(5), partial(export, desk=desk)
        yield begins + minutes(9), partial(upload, desk=desk)
        yield begins + minutes(31), partial(report, desk=desk)
    morning = ends + timedelta(hours=18)
    yield morning, settle_refusals
    yield morning + minutes(20), verify
    yield morning + minutes(35), clear_carts
    yield morning + minutes(41), sign_off


def unfinished(ends: datetime, desks: Iterable[str]) -> Iterator[PlannedAct]:
    """Yield the acts of a reconciliation that is half done.

    The first desk's report has been read, the second desk's file is in Alma, and the other desks
    have not started.
    """
    first, second, *_ = [*desks, "", ""]
    yield ends + minutes(40), partial(export, desk=first)
    yield ends + minutes(46), partial(upload, desk=first)
    yield ends + minutes(70), partial(report, desk=first)
    yield ends + minutes(80), partial(export, desk=second)
    yield ends + minutes(85), partial(upload, desk=second)


def decide_doubts(diary: Diary, at: datetime, *, desk: str) -> Iterable[Entry]:
    return [
        diary.entry(Corrected, at, loan=doubt.loan.id, **COORDINATOR)
        for doubt in to_check(diary.log, desk)
    ]


def export(diary: Diary, at: datetime, *, desk: str) -> Iterable[Entry]:
    plan = plan_export(diary.log, desk, file_format=diary.offline_file)
    return plan.done(diary.new_id, at, **COORDINATOR).entries


def upload(diary: Diary, at: datetime, *, desk: str) -> Iterable[Entry]:
    """Record the upload of a desk's newest file."""
    files = [export for export in diary.log.exports if export.desk == desk]
    return [diary.entry(FileUploaded, at, export=file.id, **COORDINATOR) for file in files[-1:]]


def report(diary: Diary, at: datetime, *, desk: str) -> Iterable[Entry]:
    """Record Alma's report on a desk's newest file, in which most flagged loans are refused."""
    chance = diary.chance
    for file in [export for export in diary.log.exports if export.desk == desk][-1:]:
        refused = {
            loan: chance.choice(MESSAGES) for loan in file.loans if chance.random() < _REFUSED
        }
        refused |= _listed(diary, file.loans)
        counts = {"succeeded": len(file.loans) - len(refused), "failed": len(refused)}
        about = {"export": file.id, "refused": tuple(refused.items()), **counts, **COORDINATOR}
        yield diary.entry(JobReportRecorded, at, **about)


def _listed(diary: Diary, loans: Iterable[UUID]) -> dict[UUID, str]:
    """Return Alma's message for each loan that a list had flagged and that Alma refuses."""
    list_warnings = {
        loan: row.loan.told for loan in loans if (row := diary.log.row(loan)) is not None
    }
    return {
        loan: _MESSAGE_OF[advice.reason]
        for loan, reasons in list_warnings.items()
        for advice in reasons
        if seeded_random(0, str(loan)).random() > _IN_ORDER_AGAIN
    }


def settle_refusals(diary: Diary, at: datetime) -> Iterable[Entry]:
    """Record that refused loans were settled by hand, and pending loans voided."""
    for row in diary.reconciliation.rows():
        if row.state is ReconciliationState.REFUSED:
            yield diary.entry(SettledByHand, at, loan=row.loan.id, how=BY_HAND, **COORDINATOR)
    log = diary.reconciliation.log
    about: dict[str, Any] = {"reason": NOT_BACK, "at": at, **COORDINATOR}
    for loan in log.pending():
        yield void(log, loan.id, void_id=diary.new_id(), **about)


def verify(diary: Diary, at: datetime) -> Iterable[Entry]:
    """Record that every uploaded loan was found in Alma, except refused and voided loans."""
    return [
        diary.entry(LoanVerified, at, loan=row.loan.id, due=row.loan.at + _LOAN_LASTS, **_FOUND)
        for row in diary.reconciliation.rows()
        if row.uploaded is not None and row.stage in (Stage.ON_THE_WAY, Stage.IN_ALMA)
    ]


def clear_carts(diary: Diary, at: datetime) -> Iterable[Entry]:
    """Record that the items on the carts were checked in by hand in Alma."""
    return [
        diary.entry(ReturnSettledByHand, at, back=back.returned.id, how=BY_HAND, **COORDINATOR)
        for back in diary.reconciliation.returns()
        if not back.settled
    ]


def sign_off(diary: Diary, at: datetime) -> Iterable[Entry]:
    signed = {"operator": "Claire Rey", "workstation": COORDINATOR["workstation"]}
    return [sign(diary.reconciliation, entry_id=diary.new_id(), at=at, **signed)]

"""The page groups rows with the same reason and action, and shows the proposal for each row."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from dashboard.reconciliation.row_groups_view import (
    checked_rows,
    groups_to_check,
    groups_to_settle,
)
from dashboard.translations import language
from procedure.circulation.settlements import Corrected
from procedure.circulation.transactions import Loan
from procedure.journal import Entry, Recorded
from procedure.reconciliation.alma_records import ItemFacts, ItemSeen, PatronFacts, PatronSeen
from procedure.reconciliation.forecast import AlmaSnapshot
from procedure.reconciliation.journal_entries import (
    LoanVerified,
    Verification,
)
from procedure.reconciliation.overview import ReconciliationOverview, overview
from procedure.reconciliation.reconciliation_log import ReconciliationLog
from tests.support import make

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
FRENCH = language("fr")


def lent(number: int, patron: str = "2071234567", warning: str | None = None) -> Loan:
    return make.loan(number, f"106000000{number}", patron, at=AT, warning=warning)


def look(*entries: Entry) -> ReconciliationOverview:
    log = ReconciliationLog(Recorded(n, AT, entry) for n, entry in enumerate(entries, start=1))
    return overview(log.records(), AlmaSnapshot(log.items, log.patrons, AT + timedelta(hours=6)))


def test_refused_rows_are_grouped_by_reason_and_next_step() -> None:
    loans = [lent(1), lent(2, "m-1"), lent(3, "m-2"), lent(4)]
    file = make.export(20, *(loan.id for loan in loans), at=AT, name="m.dat")
    reasons = ("later_action", "user_not_found", "user_not_found", "later_action")
    refused = tuple((loan.id, why) for loan, why in zip(loans, reasons, strict=True))
    known = [
        PatronSeen(UUID(int=30 + n), AT, patron, PatronFacts(f"u{n}", (("01", f"207000000{n}"),)))
        for n, patron in enumerate(("m-1", "m-2"))
    ]
    code = loans[1].item
    seen = ItemSeen(UUID(int=50), AT, code, ItemFacts(code, "m", "h", "p", "L1"))
    corrected = Corrected(
        id=UUID(int=40), at=AT, loan=loans[2].id, patron="2070000001", operator="LM"
    )
    report = make.report(21, file.id, *refused, at=AT)
    now = look(*loans, *known, seen, file, report, corrected)
    groups = groups_to_settle(
        now, {"later_action": "rendu : rien à faire"}, FRENCH, at=AT, asked={}
    )
    assert [
        (
            group.key,
            group.act,
            (group.how, group.is_ticked),
            [row.loan.id.int for row in group.rows],
            dict(group.found),
        )
        for group in groups
    ] == [
        ("later_action-settle", "settle", ("rendu : rien à faire", False), [1, 4], {}),
        ("user_not_found-take", "take", (None, True), [2], {UUID(int=2): "2070000000"}),
        ("user_not_found-write", "write", (None, True), [3], {}),
    ]


def test_doubtful_rows_are_grouped_by_doubt() -> None:
    odd = "unknown_card"
    now = look(
        lent(1, "471", odd), lent(2, "471", odd), lent(3, "472", odd), lent(4, "1", "partial")
    )
    assert [
        (group.key, group.act, [row.loan.id.int for row in group.rows], dict(group.more))
        for group in groups_to_check(now, FRENCH)
    ] == [
        ("doubt-unknown_card", "confirm", [1, 3], {UUID(int=1): 1, UUID(int=3): 0}),
        ("doubt-partial", "undo", [4], {UUID(int=4): 0}),
    ]


@pytest.mark.parametrize(
    ("answered", "asked", "says"),
    [
        (None, None, ""),
        (0, None, "Demandé à Alma, 09:00 : Absent d’Alma"),
        (0, 0, "Demandé à Alma, 09:00 : Absent d’Alma"),
        (0, 5, "Demandé à Alma, 09:05 : pas de réponse"),
        (None, 5, "Demandé à Alma, 09:05 : pas de réponse"),
    ],
)
def test_rows_to_settle_quote_almas_answer(
    answered: int | None, asked: int | None, says: str
) -> None:
    loan, minute = lent(1), timedelta(minutes=1)
    file = make.export(20, loan.id, at=AT, name="m.dat")
    report = make.report(21, file.id, (loan.id, "blocked"), at=AT)
    proofs = (
        []
        if answered is None
        else [LoanVerified(UUID(int=22), AT + answered * minute, loan.id, Verification.MISSING)]
    )
    times = {} if asked is None else {loan.id: AT + asked * minute}
    (group,) = groups_to_settle(look(loan, file, report, *proofs), {}, FRENCH, at=AT, asked=times)
    assert group.answers == {loan.id: says.replace(" :", "\u202f:")}


def test_checked_rows() -> None:
    fields = {f"row {UUID(int=2)}": "on", "how": "x"}
    assert checked_rows(fields) == [UUID(int=2)]

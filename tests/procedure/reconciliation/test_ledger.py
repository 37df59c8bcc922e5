"""The way back kept up to date: in whatever slices it is read, it tells what one look would tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from procedure.circulation.transactions import Export, Loan, Return, Void
from procedure.journal import Entry, Recorded
from procedure.reconciliation.alma_records import (
    ItemFacts,
    ItemSeen,
    LoanFacts,
    UserFacts,
    UserSeen,
)
from procedure.reconciliation.cart_count import cart_counts
from procedure.reconciliation.carts import CartedItem, carted_items
from procedure.reconciliation.entries import (
    Corrected,
    FileUploaded,
    JobReportRecorded,
    LoanVerified,
    ManualHandling,
    ReturnSettledByHand,
    SettledByHand,
    Verification,
)
from procedure.reconciliation.export import waiting
from procedure.reconciliation.forecast import AlmaSnapshot, forecast_upload
from procedure.reconciliation.from_cart import lent_from_cart
from procedure.reconciliation.ledger import WayLedger
from procedure.reconciliation.log import ReconciliationLog
from procedure.reconciliation.overview import ReconciliationOverview
from procedure.reconciliation.row_book import TO_UPLOAD, is_sent, is_to_prove
from procedure.reconciliation.row_state import ReconciliationState
from procedure.reconciliation.sign_off import SETTLED, by_desk_and_day, sign

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
NOW = AT + timedelta(hours=6)
DESKS, PATRONS, ITEMS = ("MAIL", "CMU"), ("207", "208"), ("A", "B", "C")
TO_WRITE = (ReconciliationState.RECORDED, ReconciliationState.REFUSED)


def facts(found: ReconciliationLog, now: datetime = NOW) -> AlmaSnapshot:
    return AlmaSnapshot(found.items, found.users, now, terms={"1H": timedelta(hours=1)})


minutes = st.integers(0, 300).map(lambda n: AT + timedelta(minutes=n))


class Maker:
    """Entries as a day brings them: each speaks of loans, returns and files that came before."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw, self.ids = draw, count(1)
        self.loans, self.backs, self.files = list[Loan](), list[Return](), list[Export]()

    def id(self) -> UUID:
        return UUID(int=next(self.ids))

    def one_of(self, things: Sequence[Any]) -> Any:
        return self.draw(st.sampled_from(things))

    def some_of(self, things: Sequence[Any]) -> list[Any]:
        return self.draw(st.lists(st.sampled_from(things), unique=True)) if things else []

    def loan(self) -> Loan:
        told = (self.draw(minutes), self.one_of(DESKS), self.one_of(PATRONS), self.one_of(ITEMS))
        self.loans.append(Loan(self.id(), *told))
        return self.loans[-1]

    def back(self) -> Return:
        self.backs.append(Return(self.id(), self.draw(minutes), "MAIL", self.one_of(ITEMS)))
        return self.backs[-1]

    def void(self) -> Void:
        return Void(self.id(), NOW, self.one_of([*self.loans, *self.backs]).id, "x")

    def export(self) -> Export:
        inside = sorted(
            {self.one_of(self.loans), *self.some_of(self.loans)}, key=lambda one: one.at
        )
        gone = {back for file in self.files for back in file.returns}
        returns = self.some_of([one for one in self.backs if one.id not in gone])
        lines = tuple(one.id for one in inside), tuple(one.id for one in returns)
        made = Export(self.id(), NOW, "MAIL", lines[0], "f.dat", "0", returns=lines[1])
        self.files.append(made)
        return made

    def report(self) -> JobReportRecorded:
        file = self.one_of(self.files)
        return JobReportRecorded(self.id(), NOW, file.id, ((file.loans[0], "blocked"),))

    def upload(self) -> FileUploaded:
        return FileUploaded(self.id(), NOW, self.one_of(self.files).id)

    def proof(self) -> LoanVerified:
        return LoanVerified(
            self.id(), NOW, self.one_of(self.loans).id, self.one_of(list(Verification))
        )

    def correction(self) -> Corrected:
        loan = self.one_of(self.loans).id
        return Corrected(self.id(), NOW, loan, self.one_of(["", *PATRONS]), self.one_of(ITEMS))

    def settlement(self) -> ManualHandling | SettledByHand:
        kind = self.one_of([ManualHandling, SettledByHand])
        return kind(self.id(), NOW, self.one_of(self.loans).id, "by hand", operator="LM")

    def return_settlement(self) -> ReturnSettledByHand:
        return ReturnSettledByHand(self.id(), NOW, self.one_of(self.backs).id, "x", operator="LM")

    def item_seen(self) -> ItemSeen:
        item = self.one_of(ITEMS)
        lent = LoanFacts(item, self.one_of(PATRONS), self.draw(minutes), None)
        policy, loan = self.one_of(["", "1H"]), self.one_of([lent, None])
        seen = ItemFacts(item, "m", "h", "p", policy=policy, loan=loan)
        return ItemSeen(self.id(), NOW, item, self.one_of([seen, None]))

    def user_seen(self) -> UserSeen:
        patron, expires = self.one_of(PATRONS), self.draw(st.none() | minutes)
        user = UserFacts(f"u{patron}", (("01", patron),), expires=expires)
        return UserSeen(self.id(), NOW, patron, user)

    def entry(self) -> Entry:
        """Make any entry that there may be by now."""
        of_loans = [self.void, self.export, self.proof, self.correction, self.settlement]
        of_files = [self.report, self.upload]
        of_backs = [self.return_settlement]
        free = [self.loan, self.loan, self.back, self.item_seen, self.user_seen]
        makers = [*free, *(of_loans if self.loans else []), *(of_files if self.files else [])]
        makers += of_backs if self.backs else []
        return self.one_of(makers)()


@st.composite
def days(draw: st.DrawFn) -> list[Entry]:
    maker = Maker(draw)
    return [maker.entry() for _ in range(draw(st.integers(1, 25)))]


def recorded(entries: list[Entry]) -> list[Recorded]:
    return [Recorded(n, NOW, one) for n, one in enumerate(entries, start=1)]


def at_once(entries: list[Entry]) -> ReconciliationOverview:
    ledger = WayLedger(facts)
    ledger.take(recorded(entries))
    return ledger.standing()


@given(days(), st.integers(1, 5), st.integers(1, 3))
def test_in_any_slices_it_is_what_it_is_at_once(day: list[Entry], some: int, items: int) -> None:
    ledger, kept = WayLedger(facts), recorded(day)
    for start in range(0, len(kept), some):
        ledger.take(kept[start : start + some])
        if start % 2:
            ledger.settle(items)
        else:
            assert ledger.standing().rows is not None
    assert told(ledger.standing()) == told(at_once(day))


@given(days())
def test_it_tells_what_the_plain_folds_tell(day: list[Entry]) -> None:
    kept, now = recorded(day), at_once(day)
    found = ReconciliationLog(kept)
    rows = found.rows()
    states = [(row.loan.id, row.state, row.reason) for row in rows]
    assert [(row.loan.id, row.state, row.reason) for row in now.rows] == states
    assert now.tally == found.tally()
    assert list(now.days) == by_desk_and_day(rows)
    assert now.waiting == waiting(found.log)
    assert (now.sent, now.to_prove) == (sum(map(is_sent, rows)), sum(map(is_to_prove, rows)))
    predicted = {one.loan: one for one in forecast_upload(found.lines_to_upload(), facts(found))}
    assert now.predicted == predicted
    to_upload = [row for row in rows if row.state in TO_UPLOAD]
    assert now.forecast == Counter(predicted[row.loan.id].kind for row in to_upload)
    on_carts = sorted(
        carted_items(found, found.log.returns()), key=lambda one: (one.back.at, one.back.id)
    )
    assert [seen(one) for one in now.carts] == [seen(one) for one in on_carts]
    to_write = [row.corrected for row in rows if row.state in TO_WRITE]
    assert list(now.cart_counts) == cart_counts(found)
    assert now.from_cart == len(lent_from_cart(found.log, to_write))


def seen(one: CartedItem) -> tuple[object, ...]:
    """A book on a cart, its rows by their ids: rows are compared by what they were made of."""
    rows = {row.loan.id for row in (*one.waits_for, *one.lent_again)}
    return one.back.id, rows, one.safe, one.since


def told(now: ReconciliationOverview) -> tuple[object, ...]:
    rows = [(row.loan.id, row.state, row.reason) for row in now.rows]
    refused = [row.loan.id for row in now.refused]
    counts = (now.tally, now.days, now.waiting, now.unsettled, now.forecast)
    numbers = (now.sent, now.to_prove, now.due_shifted, now.from_cart)
    carts = [seen(one) for one in now.carts]
    return rows, refused, counts, numbers, now.predicted, now.files, carts, now.signed


def test_time_alone_turns_a_forecast_once() -> None:
    loan = Loan(UUID(int=1), AT, "MAIL", "207", "A")
    expires = AT + timedelta(hours=3)
    user = UserFacts("u", (("01", "207"),), expires=expires)
    item = ItemFacts("A", "m", "h", "p", policy="1H")
    clock = [AT]
    ledger = WayLedger(lambda found: facts(found, clock[0]))
    ledger.take(recorded([loan, ItemSeen(UUID(int=2), AT, "A", item),
                          UserSeen(UUID(int=3), AT, "207", user)]))  # fmt: skip
    kinds = []
    for hour in (0, 1, 2, 3):
        clock[0] = AT + timedelta(hours=hour)
        kinds.append(ledger.standing().predicted[loan.id].kind)
    assert kinds == ["ok", "due_at_risk", "due_at_risk", "card_expired"]
    assert ledger.standing() is ledger.standing()


def test_what_was_signed_leaves_when_others_come_and_is_back_once_all_is_signed() -> None:
    one, two = (Loan(UUID(int=n), AT, "MAIL", "207", item) for n, item in ((1, "A"), (2, "B")))
    odd = Void(UUID(int=3), NOW, one.id, "x")
    first = sign(
        ReconciliationLog(recorded([one, odd])), entry_id=UUID(int=4), at=NOW, operator="LM"
    )
    late = Void(UUID(int=5), NOW, two.id, "x")
    before = [one, odd, first, two, late]
    again = sign(ReconciliationLog(recorded(before)), entry_id=UUID(int=6), at=NOW, operator="LM")
    ledger, shown = WayLedger(facts), []
    for kept in recorded([*before, again]):
        ledger.take([kept])
        now = ledger.standing()
        shown.append(([row.loan.item for row in now.rows], now.signed, now.unsettled.total()))
    assert shown == [
        (["A"], None, 1),
        (["A"], None, 0),
        (["A"], first, 0),
        (["B"], None, 1),
        (["B"], None, 0),
        (["A", "B"], again, 0),
    ]
    assert all(row.state in SETTLED for row in ledger.standing().rows)

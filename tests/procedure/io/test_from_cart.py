"""Books lent again from the cart: every policy for such loans, tested against the stand-in."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from procedure.circulation.circulation_log import KINDS as LOG, CirculationLog
from procedure.circulation.imports.file import read_file
from procedure.circulation.imports.plan import KINDS as TRANSACTIONS, import_sheet
from procedure.circulation.settlements import ManualHandling
from procedure.circulation.transactions import Void
from procedure.io.alma.verify import verify
from procedure.reconciliation.carts import carted_items
from procedure.reconciliation.corrections import resolve_loan, set_aside
from procedure.reconciliation.export_plan import ExportedFile
from procedure.reconciliation.forecast import AlmaSnapshot, forecast_upload
from procedure.reconciliation.from_cart import CartLoanPolicy
from procedure.reconciliation.job_report import MatchedReport, match_report, read_job_report
from procedure.reconciliation.loan_table import lines_to_upload
from procedure.reconciliation.offline_file_export import export_desk, rewritten
from procedure.reconciliation.re_export import export_again
from procedure.reconciliation.reconciliation_log import KINDS, ReconciliationLog
from procedure.reconciliation.sign_off import current_counts
from procedure.reconciliation.stage_counts import StageCounts
from procedure.simulation.alma.request_gate import RequestGate
from procedure.simulation.alma.server import FakeAlma
from procedure.simulation.alma.world import AlmaLoan, AlmaUser, Desk, Item, Stock, World
from tests.procedure.io.planted import BEGAN, KEYS, NOW, Day
from tests.support import make
from tests.support.memory import MemoryJournal

FIRST = make.loan(1, "book", "2070000001", at=BEGAN, desk="ARVE")
BACK = make.back(2, "book", at=BEGAN + timedelta(minutes=30), desk="CMU")
AGAIN = make.loan(3, "book", "2070000002", at=BEGAN + timedelta(minutes=60))
OTHER = make.loan(4, "other", "2070000001", at=BEGAN + timedelta(minutes=45))
LEFT = make.back(5, "left", at=BEGAN + timedelta(minutes=50))


class Library:
    """A journal, and a stand-in for Alma; if `lent_before`, anna had the book before the outage."""

    def __init__(self, *, lent_before: bool = True) -> None:
        items = [Item(name, f"p-{name}", "99", "22", "MAIN") for name in ("book", "other", "left")]
        users = [
            AlmaUser("anna", (("01", "2070000001"),)),
            AlmaUser("bert", (("01", "2070000002"),)),
        ]
        desks = [Desk(code, "MAIN") for code in ("ARVE", "CMU", "MAIL")]
        stock = Stock(items, users, desks)
        if lent_before:
            at = BEGAN - timedelta(days=3)
            items[0].process, items[0].last_action = "LOAN", at
            stock.loans.append(AlmaLoan("1", "anna", "book", "ARVE", "MAIN", at, NOW))
        self.day = Day(
            [],
            FakeAlma(
                World(stock), RequestGate(KEYS.read, KEYS.write, KEYS.network, per_second=10**9)
            ),
        )
        self.day.stand_in.now = self.day.clock
        self.journal = MemoryJournal(self.day.clock)

    @property
    def log(self) -> CirculationLog:
        return CirculationLog(self.journal.since(kinds=LOG))

    @property
    def reconciled(self) -> ReconciliationLog:
        return ReconciliationLog(self.journal.since(kinds=KINDS))

    def export(
        self, desk: str, from_cart: CartLoanPolicy = CartLoanPolicy.AS_IT_IS
    ) -> ExportedFile:
        return export_desk(
            self.journal,
            CirculationLog(),
            desk,
            now=self.day.clock,
            new_id=uuid4,
            from_cart=from_cart,
        )

    def upload(self, done: ExportedFile) -> MatchedReport:
        """Upload a file to Alma, record and return Alma's report, and verify the file's rows."""
        assert done.export is not None
        text = self.day.stand_in.upload(done.plan.desk, done.plan.rendered.content)
        placed = match_report(read_job_report(text), self.reconciled.log.lines_of(done.export))
        assert (placed.unplaced, placed.missing) == (0, ())
        self.journal.append(
            make.report(
                uuid4(),
                done.export.id,
                *placed.refused,
                at=self.day.clock.at,
                returns=placed.returns,
            )
        )
        rows = self.reconciled.rows_of(done.export)
        self.day.ask(lambda api: verify(api, self.journal, rows, on_progress=lambda *_: None))
        return placed

    def states(self) -> dict[str, tuple[str, str]]:
        return {
            f"{row.loan.item} {row.loan.patron[-1]}": (row.state.value, row.reason)
            for row in self.reconciled.rows()
        }

    def in_alma(self) -> list[tuple[str, str, bool]]:
        loans = self.day.stand_in.world.loans.values()
        return [(loan.item, loan.user, loan.returned is None) for loan in loans]


def test_export_names_loans_from_the_cart_that_alma_refuses() -> None:
    there = Library()
    there.journal.append(BACK, AGAIN, OTHER, LEFT)
    done = there.export("MAIL")
    assert (done.plan.from_cart, done.plan.returns) == ((AGAIN,), ())
    assert there.upload(done).refused == ((AGAIN.id, "on_loan"),)
    assert there.states() == {"other 1": ("confirmed", ""), "book 2": ("refused", "on_loan")}
    # Now that the refusal is known, a second file has the return and then the refused loan.
    again = export_again(
        there.journal,
        ReconciliationLog(),
        "MAIL",
        now=there.day.clock,
        new_id=uuid4,
        from_cart=CartLoanPolicy.RETURNS_FIRST,
    )
    assert (again.plan.loans, again.plan.returns) == ((AGAIN,), (BACK,))
    assert there.upload(again) == MatchedReport((), 0, ())
    assert there.states() == {"other 1": ("confirmed", ""), "book 2": ("confirmed", "")}


def test_export_writes_the_return_before_the_loan_from_the_cart() -> None:
    there = Library()
    there.journal.append(BACK, AGAIN, OTHER, LEFT)
    done = there.export("MAIL", CartLoanPolicy.RETURNS_FIRST)
    lines = done.plan.rendered.content.decode().splitlines()
    assert [line.split() for line in lines] == [
        ["202611240830Rbook"],
        ["202611240845Lother", "2070000001"],
        ["202611240900Lbook", "2070000002"],
    ]
    assert {len(line) for line in lines} == {93, 103}
    assert done.export is not None
    assert (done.export.loans, done.export.returns) == ((OTHER.id, AGAIN.id), (BACK.id,))
    assert rewritten(there.log, done.export) == done.plan.rendered.content
    # Importing the exported file adds nothing to the journal.
    known = CirculationLog(there.journal.since(kinds=TRANSACTIONS))
    sheet = read_file(done.plan.rendered.content, "x.dat")
    plan, _ = import_sheet(there.journal, known, sheet, desk="MAIL", now=NOW)
    assert (plan.entries, plan.known) == ((), 3)
    assert there.upload(done) == MatchedReport((), 0, ())
    assert there.in_alma() == [
        ("book", "anna", False),
        ("other", "anna", True),
        ("book", "bert", True),
    ]
    ended = there.day.stand_in.world.loans["1"].returned
    assert ended == BACK.at
    assert there.states() == {"other 1": ("confirmed", ""), "book 2": ("confirmed", "")}
    # Bert has the book, so it is not on a cart and must not be returned.
    assert carted_items(there.reconciled, [BACK]) == []
    # Uploading the same file again lends nothing twice.
    there.upload(done)
    assert [loan for loan in there.in_alma() if loan[0] == "book" and loan[2]] == [
        ("book", "bert", True)
    ]


def test_export_writes_the_return_after_another_desks_first_loan() -> None:
    there = Library(lent_before=False)
    there.journal.append(FIRST, BACK, AGAIN)
    first = there.export("ARVE", CartLoanPolicy.RETURNS_FIRST)
    second = there.export("MAIL", CartLoanPolicy.RETURNS_FIRST)
    assert (first.plan.returns, second.plan.returns) == ((), (BACK,))
    there.upload(first)
    there.upload(second)
    assert there.in_alma() == [("book", "anna", False), ("book", "bert", True)]
    assert there.states()["book 2"] == ("confirmed", "")


@pytest.mark.parametrize("lent_before", [True, False])
def test_export_counts_stay_right_if_alma_refuses_the_return(lent_before: bool) -> None:
    there = Library(lent_before=lent_before)
    there.journal.append(BACK, AGAIN)
    placed = there.upload(there.export("MAIL", CartLoanPolicy.RETURNS_FIRST))
    # Without an earlier loan, Alma refuses the return but makes the loan.
    assert placed.returns == (() if lent_before else ((BACK.id, "not_on_loan"),))
    assert there.states() == {"book 2": ("confirmed", "")}


def test_export_writes_a_return_once_and_only_before_a_loan_from_the_cart() -> None:
    there = Library()
    there.journal.append(BACK, AGAIN)
    there.export("MAIL", CartLoanPolicy.RETURNS_FIRST)
    third = make.loan(9, "book", "2070000001", at=AGAIN.at + timedelta(minutes=5))
    there.journal.append(Void(id=UUID(int=8), at=NOW, loan=AGAIN.id, reason="wrong card"), third)
    assert there.export("MAIL", CartLoanPolicy.RETURNS_FIRST).plan.returns == ()


def test_export_writes_no_return_for_other_loans_or_once_voided() -> None:
    there = Library(lent_before=False)
    third = make.loan(9, "book", "2070000001", at=AGAIN.at + timedelta(minutes=5))
    there.journal.append(FIRST, BACK, AGAIN, third)
    assert there.export("ARVE", CartLoanPolicy.RETURNS_FIRST).plan.returns == ()
    done = there.export("MAIL", CartLoanPolicy.RETURNS_FIRST)
    assert (done.plan.from_cart, done.plan.returns) == ((AGAIN,), (BACK,))
    there = Library()
    there.journal.append(
        BACK, AGAIN, Void(id=UUID(int=8), at=NOW, loan=BACK.id, reason="still here")
    )
    assert there.export("MAIL", CartLoanPolicy.RETURNS_FIRST).plan.returns == ()


def test_forecast_includes_the_return_in_the_file() -> None:
    there = Library(lent_before=False)
    there.journal.append(FIRST, BACK, AGAIN)

    def foretold() -> list[str]:
        result = there.reconciled
        seen = there.day.ask(lambda api: api.item("book"))
        users = [
            there.day.ask(lambda api, of=of: api.user(of)) for of in ("2070000001", "2070000002")
        ]
        lines = lines_to_upload(result.table(), result.files())
        facts = AlmaSnapshot({"book": seen}, {user.identifier: user for user in users}, NOW)
        return [forecast.kind for forecast in forecast_upload(lines, facts)]

    assert foretold() == ["ok", "on_loan_other"]
    there.export("ARVE")
    there.export("MAIL", CartLoanPolicy.RETURNS_FIRST)
    assert foretold() == ["ok", "ok"]


def test_loan_handled_by_hand_is_not_exported_and_stays_open() -> None:
    there = Library()
    there.journal.append(BACK, AGAIN, OTHER)
    done = there.export("MAIL", CartLoanPolicy.HAND_ON)
    assert (done.plan.loans, done.plan.handed_on) == ((OTHER,), (AGAIN,))
    (note,) = [record.entry for record in there.journal.since(kinds={"handed_on"})]
    assert note == ManualHandling(id=note.id, at=NOW, loan=AGAIN.id, note="lent_from_cart")
    assert there.states()["book 2"] == ("refused", "handed_on")
    assert current_counts(there.reconciled) == StageCounts(to_settle=1, on_the_way=1)
    assert there.export("MAIL").export is None
    assert (
        export_again(
            there.journal, ReconciliationLog(), "MAIL", now=there.day.clock, new_id=uuid4
        ).export
        is None
    )
    settled = resolve_loan(
        there.reconciled, AGAIN.id, "lent in Alma", entry_id=uuid4(), at=NOW, operator="LM"
    )
    there.journal.append(settled)
    assert there.states()["book 2"] == ("resolved", "by_hand")


def test_export_of_only_loans_handled_by_hand_makes_no_file() -> None:
    there = Library()
    there.journal.append(BACK, AGAIN)
    done = there.export("MAIL", CartLoanPolicy.HAND_ON)
    assert (done.export, [handed.loan for handed in done.handed_on]) == (None, [AGAIN.id])
    assert there.states() == {"book 2": ("refused", "handed_on")}


def test_handling_by_hand_has_a_note_and_a_name() -> None:
    there = Library()
    there.journal.append(AGAIN)
    entry = set_aside(
        there.reconciled, AGAIN.id, " ask \n Eva ", entry_id=uuid4(), at=NOW, operator="LM"
    )
    assert (entry.note, entry.operator) == ("ask Eva", "LM")
    there.journal.append(entry)
    assert there.export("MAIL").export is None

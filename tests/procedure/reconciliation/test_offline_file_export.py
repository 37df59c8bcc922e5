"""An export writes the recorded loans to a file in order, and never writes a loan twice."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.offline_files.alma_file import AlmaFile, render
from procedure.circulation.offline_files.alma_layout import Layout
from procedure.circulation.offline_files.alma_parser import parse
from procedure.circulation.offline_files.offline_rows import OfflineRow
from procedure.circulation.settlements import Corrected
from procedure.circulation.transactions import Export, Loan, Void
from procedure.errors import OfflineFileError
from procedure.journal import Entry
from procedure.reconciliation.from_cart import CartLoanPolicy
from procedure.reconciliation.offline_file_export import (
    export_desk,
    find_export,
    plan_export,
    rewritten,
    to_write,
)
from tests.support import make
from tests.support.memory import BusyJournal, MemoryJournal

AT = datetime(2026, 11, 24, 9, 12, tzinfo=UTC)
NEW = UUID("d4620b16-bdbe-4b4d-83ff-4586500b90e8")


def now() -> datetime:
    return AT + timedelta(hours=8)


def loan(number: int, minutes: int = 0, desk: str = "CMU", item: str | None = None) -> Loan:
    at = AT + timedelta(minutes=minutes)
    return make.loan(number, item or f"I{number}", f"P{number}", at=at, desk=desk)


def void(of: int) -> Void:
    return Void(id=UUID(int=500 + of), at=AT, loan=UUID(int=of), reason="wrong card")


def journal_of(*entries: Entry) -> MemoryJournal:
    return MemoryJournal(now, *entries)


def test_export_desk_exports_all_recorded_loans_of_the_desk() -> None:
    journal = journal_of(
        loan(1, 30), loan(2, -60 * 24 * 90), loan(3), void(3), loan(4, 0, "MAIL"), loan(5, 10)
    )
    log = CirculationLog()
    done = export_desk(journal, log, "CMU", now=now, new_id=lambda: NEW, workstation="CMU-1")
    content = render([loan(2, -60 * 24 * 90), loan(5, 10), loan(1, 30)]).content
    assert done.plan.rendered.content == content
    assert done.export == make.export(
        NEW,
        2,
        5,
        1,
        at=now(),
        desk="CMU",
        name="CMU_20260826T1112_20261124T1042_3_500b90e8.dat",
        sha256=sha256(content).hexdigest(),
        workstation="CMU-1",
    )
    assert [entry.entry for entry in journal.since(kinds={"export"})] == [done.export]
    assert to_write(log) == Counter({"MAIL": 1})


def test_export_desk_without_new_loans_records_nothing() -> None:
    journal = journal_of(loan(1, desk="MAIL"))
    done = export_desk(journal, CirculationLog(), "CMU", now=now, new_id=lambda: NEW)
    assert (done.export, done.plan.loans, journal.position()) == (None, (), 1)


def test_export_desk_names_an_unwritable_loan_and_leaves_it_recorded() -> None:
    journal = journal_of(loan(1), loan(2, item="é"))
    log = CirculationLog()
    done = export_desk(journal, log, "CMU", now=now, new_id=lambda: NEW)
    assert [row.loan for row in done.plan.unwritable] == [loan(2, item="é")]
    assert to_write(log) == Counter({"CMU": 1})


def test_export_desk_trial_exports_the_first_loans() -> None:
    journal = journal_of(*(loan(n, n) for n in range(1, 6)), loan(6, item="é"))
    log = CirculationLog()
    trial = export_desk(journal, log, "CMU", now=now, new_id=lambda: NEW, trial=2)
    assert trial.export is not None
    assert (trial.export.trial, trial.export.loans) == (True, (UUID(int=1), UUID(int=2)))
    assert trial.plan.unwritable == ()
    rest = plan_export(log, "CMU")
    assert [loan.id.int for loan in rest.loans] == [3, 4, 5]


def test_export_desk_uses_earlier_corrections() -> None:
    fix = Corrected(id=UUID(int=800), at=AT, loan=UUID(int=1), item="I7")
    journal, log = journal_of(loan(1), fix), CirculationLog()
    done = export_desk(journal, log, "CMU", now=now, new_id=lambda: NEW)
    assert done.plan.loans == (loan(1, item="I7"),)
    later = Corrected(id=UUID(int=801), at=AT, loan=UUID(int=1), item="I8")
    journal.append(later)
    log.extend(journal.since(log.position))
    assert done.export is not None
    assert rewritten(log, done.export) == render([loan(1, item="I7")]).content


def test_export_desk_respects_exports_and_voids_recorded_meanwhile() -> None:
    theirs = make.export(900, 1, at=AT, desk="CMU", name="a.dat", sha256="")
    journal = BusyJournal(now, [theirs], [void(2)])
    journal.append(loan(1), loan(2), loan(3), loan(4, desk="MAIL"))
    done = export_desk(journal, CirculationLog(), "CMU", now=now, new_id=lambda: NEW)
    assert [loan.id.int for loan in done.plan.loans] == [3]
    assert journal.meanwhile == []


def test_rewritten_equals_the_file_byte_for_byte_after_voids() -> None:
    layout = Layout(item_width=40, line_end="lf")
    journal, log = journal_of(loan(1), loan(2, 1)), CirculationLog()
    done = export_desk(
        journal, log, "CMU", now=now, new_id=lambda: NEW, file_format=AlmaFile(layout)
    )
    journal.append(void(1), loan(3))
    log.extend(journal.since(log.position))
    assert done.export is not None
    assert rewritten(log, done.export) == done.plan.rendered.content


@pytest.mark.parametrize("wrong", [{"sha256": "0" * 64}, {"loans": (UUID(int=1), UUID(int=77))}])
def test_rewritten_refuses_a_file_that_would_differ(
    wrong: dict[str, object],
) -> None:
    journal, log = journal_of(loan(1)), CirculationLog()
    done = export_desk(journal, log, "CMU", now=now, new_id=lambda: NEW)
    assert done.export is not None
    with pytest.raises(OfflineFileError, match=r"^The file CMU_.*cannot be recreated as it was"):
        rewritten(log, replace(done.export, **wrong))  # type: ignore[arg-type]


EXPORTS = (
    make.export(
        UUID("aa000000-0000-4000-8000-000000000000"), at=AT, desk="CMU", name="one.dat", sha256=""
    ),
    make.export(
        UUID("ab000000-0000-4000-8000-000000000000"), at=AT, desk="CMU", name="two.dat", sha256=""
    ),
)


@pytest.mark.parametrize("text", ["ab", "two.dat", str(EXPORTS[1].id)])
def test_find_export_by_id_prefix_or_name(text: str) -> None:
    assert find_export(EXPORTS, text) == EXPORTS[1]


@pytest.mark.parametrize(
    ("exports", "text", "message"),
    [
        (
            EXPORTS,
            "a",
            "'a' matches more than one export. Known exports:\n"
            f"  {EXPORTS[0].id}  one.dat\n  {EXPORTS[1].id}  two.dat",
        ),
        (
            EXPORTS[:1],
            "x.dat",
            f"'x.dat' is not an export. Known exports:\n  {EXPORTS[0].id}  one.dat",
        ),
        ((), "x.dat", "'x.dat' is not an export."),
    ],
)
def test_find_export_names_the_known_exports(
    exports: Sequence[Export], text: str, message: str
) -> None:
    with pytest.raises(OfflineFileError) as refusal:
        find_export(exports, text)
    assert str(refusal.value) == message


class Desks(RuleBasedStateMachine):
    """Two processes, each with its own log, lend, void and export in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.journal = MemoryJournal(now)
        self.logs = [CirculationLog(), CirculationLog()]
        self.ids: Iterator[int] = iter(range(1, 10_000))
        self.lent: dict[int, str] = {}
        self.voided: set[int] = set()
        self.files: list[tuple[Export, bytes]] = []
        self.handed_on: set[int] = set()

    @rule(
        desk=st.sampled_from(["CMU", "MAIL"]),
        minutes=st.integers(-100, 100),
        item=st.none() | st.sampled_from("XY"),
    )
    def lend(self, desk: str, minutes: int, item: str | None) -> None:
        number = next(self.ids)
        self.lent[number] = desk
        self.journal.append(loan(number, minutes, desk, item))

    @rule(minutes=st.integers(-100, 100), item=st.sampled_from("XYZ"))
    def put_on_cart(self, minutes: int, item: str) -> None:
        at = AT + timedelta(minutes=minutes)
        self.journal.append(make.back(next(self.ids), item, at=at, desk="CMU"))

    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        if self.lent:
            number = data.draw(st.sampled_from(sorted(self.lent)))
            self.voided.add(number)
            self.journal.append(void(number))

    @rule(
        desk=st.sampled_from(["CMU", "MAIL"]),
        who=st.integers(0, 1),
        trial=st.none() | st.integers(1, 3),
        from_cart=st.sampled_from(CartLoanPolicy),
    )
    def export(self, desk: str, who: int, trial: int | None, from_cart: CartLoanPolicy) -> None:
        number = 100_000 + next(self.ids)
        done = export_desk(
            self.journal,
            self.logs[who],
            desk,
            now=now,
            new_id=lambda: UUID(int=number + 10_000 * next(self.ids)),
            trial=trial,
            from_cart=from_cart,
        )
        self.handed_on |= {handed.loan.int for handed in done.handed_on}
        if done.export is not None:
            self.files.append((done.export, done.plan.rendered.content))
            assert not self.voided & {loan.int for loan in done.export.loans}

    @invariant()
    def no_loan_is_in_two_files_or_at_a_wrong_desk(self) -> None:
        exported = [(loan.int, export.desk) for export, _ in self.files for loan in export.loans]
        assert len(dict(exported)) == len(exported)
        assert all(self.lent[number] == desk for number, desk in exported)

    @invariant()
    def every_file_can_be_made_again_and_is_in_order(self) -> None:
        log = CirculationLog(self.journal.since())
        for export, content in self.files:
            assert rewritten(log, export) == content
            rows = parse(content).rows
            assert [row.at for row in rows] == sorted(row.at for row in rows)
            assert len(rows) == len(export.loans) + len(export.returns)
            assert self.each_return_is_before_the_loan_made_from_the_cart(rows)

    def each_return_is_before_the_loan_made_from_the_cart(self, rows: Sequence[OfflineRow]) -> bool:
        kinds: dict[str, str] = {}
        for row in rows:
            kinds[row.item] = kinds.get(row.item, "") + row.kind
        return all("RR" not in kind and not kind.endswith("R") for kind in kinds.values())

    @invariant()
    def a_return_goes_up_once(self) -> None:
        gone_up = [back for export, _ in self.files for back in export.returns]
        assert len(set(gone_up)) == len(gone_up)

    def teardown(self) -> None:
        for number, desk in enumerate(("CMU", "MAIL")):
            self.export(desk, number, None, CartLoanPolicy.AS_IT_IS)
        exported = {loan.int for export, _ in self.files for loan in export.loans}
        assert exported.isdisjoint(self.handed_on)
        assert exported | self.voided | self.handed_on == set(self.lent)


TestDesks = Desks.TestCase
TestDesks.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)

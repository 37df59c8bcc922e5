"""No loan is lost or duplicated, whatever breaks and in whatever order.

Two workstations scan, read labels twice, put books on the cart, void loans and send everything.
Meanwhile:

- answers are lost, and the server dies;
- a browser is wiped after its outbox has been saved to a file;
- files are imported, some of them twice;
- the desks' loans are exported.

At the end, everything is sent, imported and exported, and the lines sent to Alma are compared with
the scans.
"""

import json
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import combinations, count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy.engine import make_url

from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.double_scans import same_scan
from procedure.circulation.doubts import is_question
from procedure.circulation.imports.file import read_json_lines
from procedure.circulation.imports.plan import import_sheet
from procedure.circulation.lending_rules import decide_on_loan, void
from procedure.circulation.loan_row import LoanState
from procedure.circulation.offline_files.alma_parser import parse
from procedure.circulation.settlements import Corrected
from procedure.circulation.transactions import Export, Loan, Return, Void
from procedure.errors import TransactionRefused
from procedure.io.database.database import open_database
from procedure.io.database.database_writer import Writer
from procedure.io.database.sql_journal import SqlJournal
from procedure.io.database.sqlite import sqlite_backend
from procedure.journal import Journal
from procedure.reconciliation.corrections import confirm_scan, correct_loan
from procedure.reconciliation.offline_file_export import export_desk, rewritten
from procedure.reconciliation.reconciliation_log import ReconciliationLog
from tests.support import make
from tests.support.memory import MemoryJournal

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
DESKS = ("CMU", "MAIL")
EXAMPLES = max(200, settings.default.max_examples)


Sent = Loan | Void | Return


@dataclass
class Server:
    """A server process: a crash loses its log, but not its journal."""

    journal: Journal
    log: CirculationLog = field(default_factory=CirculationLog)

    def take(self, sent: Sent) -> str:
        """Record a transaction sent by a page; return the outcome, or the reason for a refusal."""
        self.log.extend(self.journal.since(self.log.position))
        try:
            return self._record(sent)
        except TransactionRefused as refusal:
            return refusal.reason

    def _record(self, sent: Sent) -> str:
        if isinstance(sent, Void):
            return self._void(sent)
        if isinstance(sent, Return):
            self.journal.append(sent)
            return "kept"
        decision = decide_on_loan(self.log, sent)
        self.journal.append(decision.loan)
        return "repeated" if decision.repeated else "kept"

    def _void(self, asked: Void) -> str:
        row = self.log.row(asked.loan)
        if row is None or row.void is None or row.void.id != asked.id:
            self.journal.append(
                void(self.log, asked.loan, asked.reason, void_id=asked.id, at=asked.at)
            )
        return "kept"


@dataclass
class Workstation:
    """A desk's PC: the unacknowledged outbox, the loans shown, and all loans made at the PC."""

    desk: str
    outbox: list[Sent] = field(default_factory=list)
    shown: list[Loan] = field(default_factory=list)
    made: list[Loan] = field(default_factory=list)


class Lending(RuleBasedStateMachine):
    """Random events at two desks, with the journal in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.at = START
        self.numbers = count(1)
        self.desks = [Workstation(desk) for desk in DESKS]
        self.files: list[bytes] = []
        self.taken_back: set[UUID] = set()
        self.returns: list[Return] = []
        self.alma: list[tuple[datetime, str, str]] = []
        self.server = Server(self.opened())
        self.other = CirculationLog()
        self.seen = CirculationLog()

    def opened(self) -> Journal:
        return MemoryJournal(self.now)

    def reopened(self) -> Journal:
        return self.server.journal

    def now(self) -> datetime:
        return self.at

    def new_id(self) -> UUID:
        return UUID(int=next(self.numbers))

    # --- events

    @rule(
        desk=st.sampled_from((0, 1)),
        patron=st.sampled_from(("P1", "P2")),
        item=st.sampled_from(("I1", "I2", "I3")),
        seconds=st.sampled_from((1, 20, 50, 130)),
        doubtful=st.sampled_from((None, None, None, "partial", "item_too_long")),
    )
    def scan(
        self, desk: int, patron: str, item: str, seconds: int, doubtful: str | None = None
    ) -> None:
        self.at += timedelta(seconds=seconds)
        here = self.desks[desk]
        own: Any = {"sequence": len(here.made), "warning": doubtful}
        loan = make.loan(self.new_id(), item, patron, at=self.at, desk=here.desk, **own)
        here.made.append(loan)
        here.shown.append(loan)
        here.outbox.append(loan)

    @precondition(lambda self: any(desk.shown for desk in self.desks))
    @rule(data=st.data())
    def read_again(self, data: st.DataObject) -> None:
        """Scan the label of the last book again."""
        here = data.draw(st.sampled_from([desk for desk in self.desks if desk.shown]))
        last = here.shown[-1]
        self.scan(self.desks.index(here), last.patron, last.item, 1)

    @rule(desk=st.sampled_from((0, 1)), item=st.sampled_from(("I1", "I2", "I3")))
    def give_back(self, desk: int, item: str) -> None:
        self.at += timedelta(seconds=5)
        here = self.desks[desk]
        back = make.back(self.new_id(), item, at=self.at, desk=here.desk)
        self.returns.append(back)
        here.outbox.append(back)

    @precondition(lambda self: any(desk.shown for desk in self.desks))
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        here = data.draw(st.sampled_from([desk for desk in self.desks if desk.shown]))
        loan = data.draw(st.sampled_from(here.shown))
        self.at += timedelta(seconds=2)
        here.outbox.append(make.void(self.new_id(), loan.id, "essai", at=self.at))
        self.taken_back.add(loan.id)

    @rule(desk=st.sampled_from((0, 1)), most=st.integers(1, 5), answered=st.booleans())
    def send(self, desk: int, most: int, answered: bool) -> None:
        """Let the server commit transactions; unless `answered`, its answers are lost."""
        here = self.desks[desk]
        for transaction in here.outbox[:most]:
            self.server.take(transaction)
        if answered:
            del here.outbox[:most]

    @rule()
    def crash(self) -> None:
        self.server = Server(self.reopened())

    @rule(desk=st.sampled_from((0, 1)), wiped=st.booleans())
    def save(self, desk: int, wiped: bool) -> None:
        """Save the outbox to a file; if `wiped`, then clear the outbox and the shown loans."""
        here = self.desks[desk]
        self.files.append(saved(here.outbox))
        if wiped:
            here.outbox.clear()
            here.shown.clear()

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def bring_in(self, data: st.DataObject) -> None:
        self.take_in(data.draw(st.sampled_from(self.files)))

    @rule(desk=st.sampled_from(DESKS), fresh=st.booleans(), trial=st.sampled_from((None, 1)))
    def export(self, desk: str, fresh: bool, trial: int | None) -> None:
        """Export as one of two coordinators: one uses a new log, the other an older log."""
        log = CirculationLog() if fresh else self.other
        done = export_desk(
            self.server.journal, log, desk, now=self.now, new_id=self.new_id, trial=trial
        )
        if done.export is not None:
            content = rewritten(log, done.export)
            assert content == done.plan.rendered.content
            self.alma += [(row.at, row.item, row.patron) for row in parse(content).rows]

    def take_in(self, file: bytes) -> None:
        sheet = read_json_lines(file)
        assert sheet.bad == ()
        journal = self.server.journal
        import_sheet(journal, CirculationLog(), sheet, desk="CMU", now=self.at, keep_good=True)

    @rule(data=st.data(), deed=st.sampled_from(("confirm", "correct", "void")))
    def decide(self, data: st.DataObject, deed: str) -> None:
        """Make a coordinator resolve a doubtful scan."""
        reconciled = ReconciliationLog(self.server.journal.since())
        doubtful = [row.loan.id for row in reconciled.rows() if row.is_to_check]
        if doubtful:
            self.decide_on(reconciled, data.draw(st.sampled_from(doubtful)), deed)

    def decide_on(self, reconciled: ReconciliationLog, loan: UUID, deed: str) -> None:
        values: Any = {"at": self.at, "operator": "C. Dupont"}
        entry_id = self.new_id()
        if deed == "void":
            entry: Any = void(reconciled.log, loan, "essai", void_id=entry_id, **values)
            self.taken_back.add(loan)
        elif deed == "correct":
            entry = correct_loan(
                reconciled, loan, item=f"C{entry_id.int}", entry_id=entry_id, **values
            )
        else:
            entry = confirm_scan(reconciled, loan, entry_id=entry_id, **values)
        self.server.journal.append(entry)

    # --- checks

    @invariant()
    def every_exported_loan_is_one_line_and_was_made_by_somebody(self) -> None:
        self.seen.extend(self.server.journal.since(self.seen.position))
        exported = Counter(loan for export in self.seen.exports for loan in export.loans)
        assert set(exported.values()) <= {1}
        assert len(self.alma) == exported.total()
        made = {loan.id for desk in self.desks for loan in desk.made}
        assert {row.loan.id for row in self.seen.rows()} <= made

    def teardown(self) -> None:
        for file in [*self.files, *self.files]:
            self.take_in(file)
        for place, here in enumerate(self.desks):
            self.send(place, len(here.outbox), answered=True)
        for desk in DESKS:
            self.export(desk, fresh=False, trial=None)
        reconciled = ReconciliationLog(self.server.journal.since())
        for row in reconciled.rows():
            if row.is_to_check:
                self.decide_on(reconciled, row.loan.id, "confirm")
        for desk in DESKS:
            self.export(desk, fresh=False, trial=None)
        # A new log contains every entry that is now in the journal.
        self.check_the_end(CirculationLog(self.server.journal.since()))

    def check_the_end(self, log: CirculationLog) -> None:
        made = [loan for desk in self.desks for loan in desk.made]
        rows = {loan.id: log.row(loan.id) for loan in made}
        assert [loan for loan in made if rows[loan.id] is None] == []
        void = {row.loan.id for row in rows.values() if row is not None and row.void is not None}
        assert void == self.taken_back & rows.keys()
        assert [loan for loan in made if loan.id not in void and not self.in_alma(loan, log)] == []
        assert not log.rows(state=LoanState.RECORDED)
        lines = [row.loan for row in log.rows() if row.export is not None]
        written = [log.settlements.corrected(loan) for loan in lines]
        shown = [(minute(loan.at), loan.item, loan.patron) for loan in written]
        assert Counter(self.alma) == Counter(shown)
        self.check_nothing_went_twice(lines)
        self.check_doubts_were_decided(log)
        recorded = {entry.entry.id for entry in self.server.journal.since(kinds=("return",))}
        assert recorded == {back.id for back in self.returns}

    def in_alma(self, loan: Loan, log: CirculationLog) -> bool:
        """Return whether a loan is in a file and not voided; for a repeat, check the first scan."""
        row = log.row(loan.id)
        first = row if row is None or row.repeats is None else log.row(row.repeats)
        if row is None or first is None or first.export is None or first.void is not None:
            return False
        return first is row or (same_scan(first.loan, loan) and not self.parted(first.loan, loan))

    def check_nothing_went_twice(self, sent: list[Loan]) -> None:
        """Check that a second scan of a label is exported only after the first was voided."""
        voided: dict[UUID, int] = {}
        exported: dict[UUID, int] = {}
        for entry in self.server.journal.since(kinds=("void", "export")):
            if isinstance(entry.entry, Void):
                voided.setdefault(entry.entry.loan, entry.position)
            elif isinstance(entry.entry, Export):
                exported |= dict.fromkeys(entry.entry.loans, entry.position)
        for pair in combinations(sorted(sent, key=lambda loan: exported[loan.id]), 2):
            if same_scan(*pair) and not self.parted(*pair):
                first, second = pair
                assert voided.get(first.id, exported[second.id]) < exported[second.id]

    def check_doubts_were_decided(self, log: CirculationLog) -> None:
        """Check that each doubtful loan was resolved before it was written to a file."""
        decided: dict[UUID, int] = {}
        for entry in self.server.journal.since(kinds=("corrected", "export")):
            if isinstance(entry.entry, Corrected):
                decided.setdefault(entry.entry.loan, entry.position)
            elif isinstance(entry.entry, Export):
                loans = [log.row(loan) for loan in entry.entry.loans]
                doubtful = {
                    row.loan.id
                    for row in loans
                    if row is not None and is_question(row.loan.warning)
                }
                assert doubtful <= decided.keys()

    def parted(self, one: Loan, other: Loan) -> bool:
        """Return whether the item was returned between two of its loans."""
        start, end = sorted((one.at, other.at))
        return any(start < back.at < end for back in self.returns if back.item == one.item)


class LendingOnDisk(Lending):
    """The same events with the journal in SQLite; after a crash, the file is opened again."""

    def __init__(self) -> None:
        self.closing = ExitStack()
        path = Path(self.closing.enter_context(TemporaryDirectory())) / "relais.sqlite3"
        path.write_bytes(empty_database())
        self.url = f"sqlite:///{path}"
        super().__init__()

    def opened(self) -> Journal:
        backend = sqlite_backend(make_url(self.url), "visitor")
        writer = Writer(backend, backend.connect())
        self.closing.callback(backend.engine.dispose)
        self.closing.callback(writer.close)
        return SqlJournal(backend, writer, self.now)

    def reopened(self) -> Journal:
        return self.opened()

    def teardown(self) -> None:
        with self.closing:
            super().teardown()


@cache
def empty_database() -> bytes:
    """Return a database with all its tables, created once."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "relais.sqlite3"
        open_database(f"sqlite:///{path}", now=lambda: START).close()
        return path.read_bytes()


def saved(outbox: list[Sent]) -> bytes:
    """Return the lines of a saved outbox, as the desk page writes them."""
    return "".join(json.dumps(line(transaction)) + "\n" for transaction in outbox).encode()


def line(one: Sent) -> dict[str, Any]:
    same = {"id": str(one.id), "at": one.at.isoformat()}
    if isinstance(one, Void):
        return same | {"kind": "void", "loan": str(one.loan), "reason": one.reason}
    if isinstance(one, Return):
        return same | {"kind": "return", "desk": one.desk, "item": one.item}
    own = {"desk": one.desk, "patron": one.patron, "item": one.item, "sequence": one.sequence}
    return same | {"kind": "loan"} | own


@dataclass
class Twice:
    """A label scanned twice, a second apart; either scan may be voided."""

    first: Loan = field(default_factory=lambda: reading(1, 0))
    second: Loan = field(default_factory=lambda: reading(2, 1))

    def run(self, *steps: list[Sent] | bytes) -> dict[int, str]:
        """Send transactions and import files; return the state of each loan after an export."""
        server = Server(MemoryJournal(lambda: START))
        for step in steps:
            if isinstance(step, bytes):
                sheet = read_json_lines(step)
                import_sheet(server.journal, CirculationLog(), sheet, desk="CMU", now=START)
            else:
                for transaction in step:
                    server.take(transaction)
        ids = count(100)
        log = CirculationLog()
        export_desk(
            server.journal, log, "CMU", now=lambda: START, new_id=lambda: UUID(int=next(ids))
        )
        return {row.loan.id.int: row.state.value for row in log.rows()}


def reading(number: int, seconds: int) -> Loan:
    return make.loan(number, "I1", "P1", at=START + timedelta(seconds=seconds), desk="CMU")


def undo(loan: Loan) -> Void:
    return make.void(loan.id.int + 50, loan.id, "essai", at=START + timedelta(seconds=9))


def test_undone_reading_stays_voided_after_an_import() -> None:
    # The state machine found this fault: the server dropped the second scan and refused to void
    # it. The import of the file then brought the scan back.
    twice = Twice()
    both: list[Sent] = [twice.first, twice.second]
    states = twice.run([*both, undo(twice.second)], saved(both), saved(both))
    assert states == {1: "exported", 2: "void"}


def test_undone_reading_leaves_the_other_lent() -> None:
    twice = Twice()
    both: list[Sent] = [twice.first, twice.second]
    assert twice.run(both) == {1: "exported", 2: "repeated"}
    assert twice.run([*both, undo(twice.first)]) == {1: "void", 2: "exported"}
    assert twice.run(both, [undo(twice.first)]) == {1: "void", 2: "exported"}
    assert twice.run(saved([*both, undo(twice.first)])) == {1: "void", 2: "exported"}
    voids: list[Sent] = [undo(twice.first), undo(twice.second)]
    assert twice.run(both, voids) == {1: "void", 2: "void"}


def minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


LONG = settings(max_examples=EXAMPLES, stateful_step_count=25, deadline=None)
TestInMemory: Callable[..., Any] = Lending.TestCase
TestInMemory.settings = LONG
TestOnDisk: Callable[..., Any] = LendingOnDisk.TestCase
TestOnDisk.settings = settings(LONG, max_examples=max(1, EXAMPLES // 4))

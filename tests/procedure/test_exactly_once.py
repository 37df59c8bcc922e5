"""Whatever breaks, in whatever order: no loan is lost, none is doubled.

Two workstations scan, take back and send; answers get lost, the server dies, a browser is wiped
after its outbox was saved to a file, files are imported (twice too), desks are exported in between.
At the end everything is sent, imported and exported, and Alma's lines are held against the scans.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy.engine import make_url

from procedure.circulation import Loan, Void
from procedure.errors import TransactionRefused
from procedure.exporting import export_desk, rewritten
from procedure.importing import Known, take_in
from procedure.io.sql import open_database
from procedure.io.sql_journal import SqlJournal
from procedure.io.sqlite import sqlite_backend
from procedure.io.writer import Writer
from procedure.journal import Journal, MemoryJournal
from procedure.lending import DOUBLE_READ, lend, void
from procedure.loan_log import LoanLog, LoanState
from procedure.offline_file import parse
from procedure.sources.json_lines import read_json_lines

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
DESKS = ("CMU", "MAIL")
EXAMPLES = max(200, settings.default.max_examples)


@dataclass
class Server:
    """What a server process holds beside its journal: it is gone when the process is."""

    journal: Journal
    log: LoanLog = field(default_factory=LoanLog)

    def take(self, sent: Loan | Void) -> str:
        """Record one transaction as the page sends it; return what became of it."""
        self.log.extend(self.journal.since(self.log.position))
        try:
            return self._lend(sent) if isinstance(sent, Loan) else self._void(sent)
        except TransactionRefused as refusal:
            return refusal.reason

    def _lend(self, loan: Loan) -> str:
        decision = lend(self.log, loan)
        if not decision.repeated:
            self.journal.append(decision.loan)
        return decision.warning if decision.repeated else "kept"

    def _void(self, asked: Void) -> str:
        row = self.log.row(asked.loan)
        if row is None or row.void is None or row.void.id != asked.id:
            self.journal.append(
                void(self.log, asked.loan, asked.reason, void_id=asked.id, at=asked.at)
            )
        return "kept"


@dataclass
class Workstation:
    """A desk's PC: what it shows, what of that is not acknowledged, and all that was made there."""

    desk: str
    outbox: list[Loan | Void] = field(default_factory=list)
    shown: list[Loan] = field(default_factory=list)
    made: list[Loan] = field(default_factory=list)


class Lending(RuleBasedStateMachine):
    """The journal in memory; a subclass puts it on a disk."""

    def __init__(self) -> None:
        super().__init__()
        self.at = START
        self.numbers = count(1)
        self.desks = [Workstation(desk) for desk in DESKS]
        self.files: list[bytes] = []
        self.taken_back: set[UUID] = set()
        self.alma: list[tuple[datetime, str, str]] = []
        self.server = Server(self.opened())
        self.other = LoanLog()
        self.seen = LoanLog()

    def opened(self) -> Journal:
        return MemoryJournal(self.now)

    def reopened(self) -> Journal:
        return self.server.journal

    def now(self) -> datetime:
        return self.at

    def new_id(self) -> UUID:
        return UUID(int=next(self.numbers))

    # --- what happens

    @rule(
        desk=st.sampled_from((0, 1)),
        patron=st.sampled_from(("P1", "P2")),
        item=st.sampled_from(("I1", "I2", "I3")),
        seconds=st.sampled_from((1, 20, 50, 130)),
    )
    def scan(self, desk: int, patron: str, item: str, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)
        here = self.desks[desk]
        loan = Loan(self.new_id(), self.at, here.desk, patron, item, sequence=len(here.made))
        here.made.append(loan)
        here.shown.append(loan)
        here.outbox.append(loan)

    @precondition(lambda self: any(one.shown for one in self.desks))
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        here = data.draw(st.sampled_from([one for one in self.desks if one.shown]))
        loan = data.draw(st.sampled_from(here.shown))
        self.at += timedelta(seconds=2)
        here.outbox.append(Void(self.new_id(), self.at, loan.id, "essai"))
        self.taken_back.add(loan.id)

    @rule(desk=st.sampled_from((0, 1)), most=st.integers(1, 5), answered=st.booleans())
    def send(self, desk: int, most: int, answered: bool) -> None:
        """The server commits; its answers come back or are lost."""
        here = self.desks[desk]
        for one in here.outbox[:most]:
            self.server.take(one)
        if answered:
            del here.outbox[:most]

    @rule()
    def crash(self) -> None:
        self.server = Server(self.reopened())

    @rule(desk=st.sampled_from((0, 1)), wiped=st.booleans())
    def save(self, desk: int, wiped: bool) -> None:
        """The outbox is saved to a file; then the PC may put itself back as it was."""
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
        """Either of two coordinators exports; each has a log of their own, old or new."""
        log = LoanLog() if fresh else self.other
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
        take_in(journal, Known(), sheet, desk="CMU", now=self.at, keep_good=True)

    # --- what must hold

    @invariant()
    def every_exported_loan_is_one_line_and_was_made_by_somebody(self) -> None:
        self.seen.extend(self.server.journal.since(self.seen.position))
        exported = Counter(loan for one in self.seen.exports for loan in one.loans)
        assert set(exported.values()) <= {1}
        assert len(self.alma) == exported.total()
        made = {loan.id for one in self.desks for loan in one.made}
        assert {row.loan.id for row in self.seen.rows()} <= made

    def teardown(self) -> None:
        for file in [*self.files, *self.files]:
            self.take_in(file)
        for place, here in enumerate(self.desks):
            self.send(place, len(here.outbox), answered=True)
        for desk in DESKS:
            self.export(desk, fresh=False, trial=None)
        # Folded anew: what anybody reads who opens the journal now.
        self.check_the_end(LoanLog(self.server.journal.since()))

    def check_the_end(self, log: LoanLog) -> None:
        made = [loan for one in self.desks for loan in one.made]
        missing = [loan for loan in made if log.row(loan.id) is None]
        assert [loan for loan in missing if not self.stood_for(loan, log)] == []
        for loan in made:
            row = log.row(loan.id)
            if row is not None:
                assert (row.void is not None) == (loan.id in self.taken_back)
        assert not log.rows(state=LoanState.RECORDED)
        lines = [row.loan for row in log.rows() if row.export is not None]
        shown = [(minute(loan.at), loan.item, loan.patron) for loan in lines]
        assert Counter(self.alma) == Counter(shown)

    def stood_for(self, loan: Loan, log: LoanLog) -> bool:
        """Tell whether another scan of the same item and user stands for this one."""
        twins = log.rows(patron=loan.patron, item=loan.item)
        return any(abs(row.loan.at - loan.at) <= DOUBLE_READ for row in twins)


class LendingOnDisk(Lending):
    """The journal in SQLite; a crash leaves the old process's file as it was, a new one opens it."""

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
    """A database that has all its tables, made once."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "relais.sqlite3"
        open_database(f"sqlite:///{path}", now=lambda: START).close()
        return path.read_bytes()


def saved(outbox: list[Loan | Void]) -> bytes:
    """The lines of a saved outbox, as the desk page writes them."""
    return "".join(json.dumps(line(one)) + "\n" for one in outbox).encode()


def line(one: Loan | Void) -> dict[str, Any]:
    same = {"id": str(one.id), "at": one.at.isoformat()}
    if isinstance(one, Void):
        return same | {"kind": "void", "loan": str(one.loan), "reason": one.reason}
    own = {"desk": one.desk, "patron": one.patron, "item": one.item, "sequence": one.sequence}
    return same | {"kind": "loan"} | own


def minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


LONG = settings(max_examples=EXAMPLES, stateful_step_count=25, deadline=None)
TestInMemory: Callable[..., Any] = Lending.TestCase
TestInMemory.settings = LONG
TestOnDisk: Callable[..., Any] = LendingOnDisk.TestCase
TestOnDisk.settings = LONG

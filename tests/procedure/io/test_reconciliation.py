"""The reconciliation from end to end: a thousand loans, every kind of trouble, none lost, none twice."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from procedure.circulation.circulation_log import KINDS as LOG, CirculationLog
from procedure.circulation.imports.file import read_file
from procedure.circulation.imports.plan import import_sheet
from procedure.circulation.settlements import RequestOutcome
from procedure.io.alma.create_loan import create_loan
from procedure.io.alma.lookup import look_up
from procedure.io.alma.verify import verify
from procedure.reconciliation.corrections import correct_loan, resolve_loan
from procedure.reconciliation.forecast import AlmaSnapshot, Forecast, forecast_upload
from procedure.reconciliation.job_report import DONE, match_report, read_job_report
from procedure.reconciliation.loan_states import upload_order
from procedure.reconciliation.offline_file_export import export_desk
from procedure.reconciliation.re_export import export_again
from procedure.reconciliation.reconciled_loan import ReconciliationState
from procedure.reconciliation.reconciliation_log import KINDS, ReconciliationLog
from procedure.reconciliation.sign_off import current_counts
from procedure.reconciliation.stage_counts import StageCounts
from tests.procedure.io.planted import DESKS, TROUBLES, Day, day
from tests.support import make
from tests.support.memory import MemoryJournal

TERMS = {"1H": timedelta(hours=1)}
LIBRARIES = dict.fromkeys(DESKS, ("MAIN",))


def silent(done: int, total: int) -> None:
    assert done <= total


class Reconciling:
    """A coordinator's hands: each method is one act."""

    def __init__(self, there: Day, journal: Any = None) -> None:
        self.day = there
        self.journal = journal or MemoryJournal(there.clock)
        self.acts = 0

    def log(self) -> ReconciliationLog:
        return ReconciliationLog(self.journal.since(kinds=KINDS))

    def take_in(self, desk: str) -> tuple[int, int, Counter[str]]:
        self.acts += 1
        plan, taken = import_sheet(
            self.journal, CirculationLog(self.journal.since()),
            read_file(self.day.file(desk), "OffCirc.dat"), desk=desk, now=self.day.now,
        )  # fmt: skip
        assert taken
        return len(plan.entries), plan.known, Counter(conflict.kind for conflict in plan.conflicts)

    def export(self, desk: str) -> bytes:
        self.acts += 1
        log = CirculationLog(self.journal.since(kinds=LOG))
        done = export_desk(self.journal, log, desk, now=self.day.clock, new_id=uuid4)
        return done.plan.rendered.content

    def preflight(self) -> dict[UUID, Forecast]:
        self.acts += 1
        result = self.log()
        loans = [row.corrected for row in upload_order(result.table()).row]
        since = self.day.now - timedelta(hours=1)
        self.day.ask(
            lambda api: look_up(api, self.journal, result, loans, since=since, on_progress=silent)
        )
        result = self.log()
        facts = AlmaSnapshot(result.items, result.users, self.day.now, LIBRARIES, TERMS)
        return {one.loan: one for one in forecast_upload(loans, facts)}

    def upload(self, desk: str, content: bytes) -> None:
        """Upload the newest file of a desk in Alma, and paste its report here."""
        self.acts += 2
        text = self.day.stand_in.upload(desk, content)
        result = self.log()
        sent = [export for export in result.log.exports if export.desk == desk][-1]
        read = read_job_report(text)
        placed = match_report(read, result.log.lines_of(sent))
        assert (placed.unplaced, placed.missing) == (0, ())
        self.journal.append(
            make.report(
                uuid4(),
                sent.id,
                *placed.refused,
                at=self.day.now,
                succeeded=read.succeeded,
                failed=read.failed,
            )
        )

    def verify(self) -> None:
        self.acts += 1
        rows = [row for row in self.log().rows() if row.sent and row.history.resolved is None]
        self.day.ask(lambda api: verify(api, self.journal, rows, on_progress=silent))


def planted_by_loan(back: Reconciling) -> dict[UUID, str]:
    troubles = {(row.item, row.patron, row.at): row.trouble for row in back.day.rows if row.trouble}
    return {
        row.loan.id: trouble
        for row in back.log().rows()
        if (trouble := troubles.get((row.loan.item, row.loan.patron, row.loan.at)))
    }


def test_reconcile_a_thousand_loans_of_ten_desks_once_each() -> None:
    back = Reconciling(day(1000, 5))
    conflicts: Counter[str] = Counter()
    for desk in DESKS:
        new, known, result = back.take_in(desk)
        assert (new, known) == (len([row for row in back.day.rows if row.desk == desk]), 0)
        conflicts += result
    assert back.take_in(DESKS[3])[:2] == (0, len(back.day.file(DESKS[3]).splitlines()))
    assert conflicts["lent_twice"] == 5
    assert conflicts["in_the_future"] == 5

    files = {desk: back.export(desk) for desk in DESKS}
    predicted = back.preflight()
    assert back.day.stand_in.gate.effects == []
    for desk, content in files.items():
        back.upload(desk, content)
    troubles = planted_by_loan(back)
    assert Counter(troubles.values()) == dict.fromkeys(TROUBLES, 5)

    reported = {
        row.loan.id: row.reason if row.state is ReconciliationState.REFUSED else DONE
        for row in back.log().rows()
    }
    hidden = {loan for loan, kind in troubles.items() if not TROUBLES[kind][1]}
    wrong = {
        loan: (predicted[loan].message, line, troubles.get(loan))
        for loan, line in reported.items()
        if loan not in hidden and predicted[loan].message != line
    }
    assert wrong == {}
    assert len(reported) - len(hidden) == 995  # of which 99 % would do
    assert {predicted[loan].message for loan in hidden} == {DONE}
    # Each trouble is named by its own kind before the upload, where the API shows it …
    named = {
        kind: {predicted[loan].kind for loan, planted in troubles.items() if planted == kind}
        for kind, (_, shown) in TROUBLES.items()
        if shown
    }
    assert named == {
        **{kind: {kind} for kind in named},
        "lent_twice": {"on_loan_other"},
        "clock_off": {"ok"},
    }
    # … and by its line afterwards.
    assert {
        kind: {reported[loan] for loan, planted in troubles.items() if planted == kind}
        for kind in TROUBLES
    } == {kind: {line} for kind, (line, _) in TROUBLES.items()}

    back.verify()
    refused = sum(5 for line, _ in TROUBLES.values() if line != DONE)
    counts = StageCounts(to_settle=refused, in_alma=1000 - refused)
    assert current_counts(back.log()) == counts
    shifted = {row.loan.id for row in back.log().rows() if row.reason == "due_shifted"}
    assert shifted == {loan for loan, kind in troubles.items() if kind == "due_at_risk"}
    lent = Counter(
        loan.item for loan in back.day.stand_in.world.loans.values() if not loan.returned
    )
    assert set(lent.values()) == {1}
    # A file that is uploaded a second time lends nothing twice, and changes nothing that was proved.
    back.day.stand_in.upload(DESKS[3], files[DESKS[3]])
    lent = Counter(
        loan.item for loan in back.day.stand_in.world.loans.values() if not loan.returned
    )
    assert set(lent.values()) == {1}
    rows = back.log().rows(desk=DESKS[3])
    back.day.ask(lambda api: verify(api, back.journal, rows, on_progress=silent))
    assert current_counts(back.log()) == counts
    assert back.day.stand_in.gate.effects == []
    # Two acts a desk at Alma's own screen, the rest here.
    assert back.acts == 43
    assert back.acts - 10 < 40


def test_reconcile_repairs_or_settles_every_refused_row() -> None:
    back = Reconciling(day(200, 1))
    for desk in DESKS:
        back.take_in(desk)
    files = {desk: back.export(desk) for desk in DESKS}
    predicted = back.preflight()
    for desk, content in files.items():
        back.upload(desk, content)
    back.verify()
    kinds = {kind: loan for loan, kind in planted_by_loan(back).items()}

    # Another identifier of the same user, in a file of failures; the barcode scanned is kept.
    loan = kinds["other_identifier"]
    row = back.log().row(loan)
    assert row is not None
    entry = correct_loan(
        back.log(), loan, patron=predicted[loan].suggested, entry_id=uuid4(), at=back.day.now
    )
    back.journal.append(entry)
    for other in set(kinds) - {"other_identifier", "item_not_found"}:
        of = back.log().row(kinds[other])
        if of is not None and of.state is ReconciliationState.REFUSED:
            back.journal.append(
                resolve_loan(back.log(), of.loan.id, "note", entry_id=uuid4(), at=back.day.now, operator="LM")
            )  # fmt: skip
    done = export_again(back.journal, back.log(), row.loan.desk, now=back.day.clock, new_id=uuid4)
    assert [(one.patron, one.item) for one in done.plan.loans if one.id == loan] == [
        (predicted[loan].suggested, row.loan.item)
    ]
    assert back.log().row(loan).state is ReconciliationState.EXPORTED
    back.upload(row.loan.desk, done.plan.rendered.content)

    # A barcode misread, corrected by eye; the loan is made through the API and dated now.
    loan = kinds["item_not_found"]
    row = back.log().row(loan)
    assert row.state is ReconciliationState.REFUSED
    spare = "1060099999"
    world = back.day.stand_in.world
    item = next(iter(world.items.values()))
    world.items[spare] = type(item)(spare, "p-spare", "99", "22", "MAIN")
    world.by_pid["p-spare"] = world.items[spare]
    back.journal.append(
        correct_loan(back.log(), loan, item=spare, entry_id=uuid4(), at=back.day.now, operator="LM")
    )
    answer = back.day.ask(lambda api: create_loan(api, back.journal, loan, library="MAIN"))
    assert (answer.fate, back.day.stand_in.gate.effects) == (RequestOutcome.MADE, [f"lend {spare}"])
    assert (back.log().row(loan).loan.item, back.log().row(loan).corrected.item) == (
        row.loan.item,
        spare,
    )
    back.verify()
    counts = current_counts(back.log())
    assert (counts.accounted, counts.total) == (200, 200)


@pytest.mark.parametrize("month", [3, 10])
def test_reconcile_keeps_times_of_clock_changes(month: int) -> None:
    """Loans every ten minutes through the night on which the clocks are changed."""
    sunday = {3: 29, 10: 25}[month]
    start = datetime(2026, month, sunday - 1, 23, 30, tzinfo=UTC)
    there = day(200, 1)
    back = Reconciling(there)
    world = there.stand_in.world
    loans = [
        make.loan(
            uuid4(),
            f"i{number}",
            "207",
            at=start + timedelta(minutes=10 * number, seconds=7),
            desk=DESKS[0],
        )
        for number in range(20)
    ]
    there.now = start + timedelta(days=1)
    user = next(iter(world.users.values()))
    world.users["207"] = type(user)("207@eduid.ch", (("01", "207"),))
    world.users["207@eduid.ch"] = world.users["207"]
    item = next(iter(world.items.values()))
    for loan in loans:
        world.items[loan.item] = type(item)(loan.item, f"p{loan.item}", "9", "2", "MAIN")
        world.by_pid[f"p{loan.item}"] = world.items[loan.item]
    back.journal.append(*loans)
    content = back.export(DESKS[0])
    # Its own file taken in again doubles nothing, whichever of the two hours a line is from.
    plan, _ = import_sheet(
        back.journal, CirculationLog(back.journal.since()), read_file(content, "x.dat"),
        desk=DESKS[0], now=there.now,
    )  # fmt: skip
    assert (len(plan.entries), plan.known) == (0, 20)
    # Read where nobody has them yet, in the order of the file, every instant is the right one.
    assert [row.at for row in read_file(content, "x.dat").rows] == [
        loan.at.replace(second=0) for loan in loans
    ]
    back.upload(DESKS[0], content)
    back.verify()
    assert {(row.state, row.reason) for row in back.log().rows()} == {
        (ReconciliationState.CONFIRMED, "")
    }

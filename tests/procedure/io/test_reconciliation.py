"""Reconciling a thousand loans with every kind of trouble loses none and repeats none."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from procedure.circulation.circulation_log import KINDS as LOG, CirculationLog
from procedure.circulation.imports.file import read_file
from procedure.circulation.imports.plan import import_sheet
from procedure.io.alma.service import look_up
from procedure.io.alma.verify import verify
from procedure.reconciliation.forecast import AlmaSnapshot, Forecast, forecast_upload
from procedure.reconciliation.job_report import DONE, match_report, read_job_report
from procedure.reconciliation.loan_table import upload_order
from procedure.reconciliation.offline_file_export import export_desk
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
    """Acts as a coordinator; `acts` counts the actions."""

    def __init__(self, there: Day, journal: Any = None) -> None:
        self.day = there
        self.journal = journal or MemoryJournal(there.clock)
        self.acts = 0

    def log(self) -> ReconciliationLog:
        return ReconciliationLog(self.journal.since(kinds=KINDS))

    def take_in(self, desk: str) -> tuple[int, int, Counter[str]]:
        self.acts += 1
        plan, taken = import_sheet(
            self.journal,
            CirculationLog(self.journal.since()),
            read_file(self.day.file(desk), "OffCirc.dat"),
            desk=desk,
            now=self.day.clock.at,
        )
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
        since = self.day.clock.at - timedelta(hours=1)
        self.day.ask(
            lambda api: look_up(api, self.journal, result, loans, since=since, on_progress=silent)
        )
        result = self.log()
        facts = AlmaSnapshot(result.items, result.patrons, self.day.clock.at, LIBRARIES, TERMS)
        return {forecast.loan: forecast for forecast in forecast_upload(loans, facts)}

    def upload(self, desk: str, content: bytes) -> None:
        """Upload a desk's newest file to Alma, and paste the report into Relais."""
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
                at=self.day.clock.at,
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


def test_reconcile_a_thousand_loans_of_ten_desks_exactly_once() -> None:
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
    assert len(reported) - len(hidden) == 995  # at least 99% must be predicted
    assert {predicted[loan].message for loan in hidden} == {DONE}
    # Before the upload, the forecast names each kind of trouble that the API shows …
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
    # … and after the upload, Alma's report has the expected result for every kind.
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
    # Uploading a file again neither lends an item twice nor changes a verified loan.
    back.day.stand_in.upload(DESKS[3], files[DESKS[3]])
    lent = Counter(
        loan.item for loan in back.day.stand_in.world.loans.values() if not loan.returned
    )
    assert set(lent.values()) == {1}
    rows = back.log().rows(desk=DESKS[3])
    back.day.ask(lambda api: verify(api, back.journal, rows, on_progress=silent))
    assert current_counts(back.log()) == counts
    assert back.day.stand_in.gate.effects == []
    # For each desk, one action is done on Alma's own screen. All others are done in Relais.
    assert back.acts == 43
    assert back.acts - 10 < 40

"""An hour of lending at three workstations, as their pages send it: totals, order, times.

One workstation's clock is seven minutes slow, one loses the network for twenty minutes and hands a
saved file over twice before it sends its outbox itself, one loses answers and sends again.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from dashboard.core.context import AppContext
from dashboard.core.rights import User
from dashboard.loans.transactions.intake import TransactionIntake
from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.imports.json_lines import read_json_lines
from procedure.circulation.imports.plan import at_a_desk, import_sheet
from procedure.circulation.offline_files.alma_parser import parse
from procedure.local_time import local
from procedure.reconciliation.offline_file_export import export_desk
from tests.dashboard.conftest import Clock

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
SLOW = 7 * MINUTE
AWAY = range(20, 40)  # minutes without a network


@dataclass
class Workstation:
    """A page: its outbox, and what it knows of its own clock."""

    number: int
    desk: str
    slow: timedelta = timedelta()
    outbox: list[dict[str, Any]] = field(default_factory=list)
    made: int = 0

    def add(self, kind: str, true: datetime, **more: Any) -> str:
        self.made += 1
        message = {
            "kind": kind,
            "id": str(UUID(int=self.number * 10_000 + self.made)),
            # The page corrects its clock by what it has measured at the server's.
            "at": stamp(true),
            "made_at": stamp(true - self.slow),
            "skew_s": self.slow.total_seconds(),
            "sequence": self.made,
            "desk": self.desk,
            "workstation": f"poste-{self.number}",
        }
        self.outbox.append(message | more)
        return str(message["id"])

    def send(self, intake: TransactionIntake, *, answered: bool = True) -> Counter[str]:
        person = User(workstation=f"poste-{self.number}")
        answers = intake.take(self.outbox, person).result(0)
        if answered:
            self.outbox.clear()
        return Counter(answer["state"] for answer in answers)

    def saved(self) -> bytes:
        return "".join(json.dumps(message) + "\n" for message in self.outbox).encode()


def stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def lend_for_a_minute(here: Workstation, minute: int, start: datetime) -> None:
    """Two loans; now and then a label read twice, a scan taken back, a card forgotten, a return."""
    at = start + minute * MINUTE + here.number * 3 * SECOND
    patron, items = (
        f"20712{here.number}{minute:04}",
        [f"10{here.number}{minute:03}{n:04}" for n in (1, 2)],
    )
    first = here.add("loan", at, patron=patron, item=items[0])
    here.add("loan", at + 20 * SECOND, patron=patron, item=items[1])
    if minute % 10 == 3:
        here.add("loan", at + 21 * SECOND, patron=patron, item=items[1])
    if minute % 10 == 5:
        here.add("void", at + 30 * SECOND, loan=first, reason="mauvais lecteur")
    if minute % 10 == 7:
        waits = here.add(
            "waiting", at + 40 * SECOND, item=f"19{here.number}{minute:05}", note="M. Favre"
        )
        here.add("complete", at + 50 * SECOND, waiting=waits, patron=patron)
    if minute % 10 == 9:
        here.add("return", at + 45 * SECOND, item=f"18{here.number}{minute:05}", cart="1")


def test_an_hour_at_three_workstations(context: AppContext, clock: Clock) -> None:
    start, intake, log = clock.at, TransactionIntake(context), CirculationLog()
    exact, slow, away = (
        Workstation(1, "MAIL"), Workstation(2, "CMU", SLOW), Workstation(3, "MAIL"),
    )  # fmt: skip
    states: Counter[str] = Counter()
    for minute in range(60):
        for here in (exact, slow, away):
            lend_for_a_minute(here, minute, start)
        clock.at = start + (minute + 1) * MINUTE
        states += exact.send(intake, answered=minute % 4 != 0)
        states += slow.send(intake)
        if minute not in AWAY:
            states += away.send(intake)
        if minute == AWAY[-1]:
            entries = [hand_over(context, away, clock.at) for _ in range(2)]
            assert entries == [(len(away.outbox), 0, 0), (0, len(away.outbox), 0)]
        if minute == 30:
            files = [export(context, log, "MAIL", clock.at)]
    exact.send(intake)
    assert states.keys() == {"kept", "repeated"}

    context.models.update()
    stands = [row for row in context.models.loan_log.rows() if row.is_valid]
    wanted = expected(start)
    assert [(row.loan.at, row.loan.workstation, row.loan.item) for row in stands] == wanted
    assert context.models.loan_log.counts(local(start).date()) == {
        f"poste-{number}": 2 * 60 - 6 + 6 for number in (1, 2, 3)
    }
    clocks = {row.loan.workstation: clock_of(row.loan) for row in context.models.loan_log.rows()}
    assert clocks == {
        "poste-1": (None, 0.0),
        "poste-2": (SLOW, 420.0),
        "poste-3": (None, 0.0),
    }
    assert {clock_of(row.loan) for row in context.models.loan_log.rows(desk="CMU")} == {
        (SLOW, 420.0)
    }
    assert len([back for back in context.models.loan_log.returns() if back.cart == "1"]) == 3 * 6
    assert (context.models.loan_log.pending(), context.notes.read()) == ([], {})

    files += [export(context, log, desk, clock.at) for desk in ("MAIL", "CMU")]
    lines = [(local(at), item) for file in files for at, item in file]
    assert Counter(item for _, item in lines) == Counter(item for _, _, item in wanted)
    for file in files:
        assert [at for at, _ in file] == sorted(at for at, _ in file)
    shown = {item: at.replace(second=0, microsecond=0) for at, _, item in wanted}
    assert {item: at for file in files for at, item in file} == shown


def expected(start: datetime) -> list[tuple[datetime, str, str]]:
    """The loans that count, by the true time, in the order in which they were made."""
    entries: list[tuple[datetime, str, str]] = []
    for number in (1, 2, 3):
        for minute in range(60):
            at = start + minute * MINUTE + number * 3 * SECOND
            name = f"poste-{number}"
            if minute % 10 != 5:
                entries.append((at, name, f"10{number}{minute:03}0001"))
            entries.append((at + 20 * SECOND, name, f"10{number}{minute:03}0002"))
            if minute % 10 == 7:
                entries.append((at + 40 * SECOND, name, f"19{number}{minute:05}"))
    return sorted(entries)


def clock_of(loan: Any) -> tuple[timedelta | None, float | None]:
    return (None if loan.made_at is None else loan.at - loan.made_at, loan.skew_s)


def hand_over(context: AppContext, here: Workstation, now: datetime) -> tuple[int, int, int]:
    """Take the workstation's saved file in, as the command and the page do."""
    sheet = at_a_desk(read_json_lines(here.saved()), "")
    plan, taken = import_sheet(
        context.journal, CirculationLog(), sheet, desk="", now=now, rules=context.handbook.scans,
        notes=context.notes,
    )  # fmt: skip
    assert taken
    return len(plan.entries), plan.known, len(plan.bad)


def export(
    context: AppContext, log: CirculationLog, desk: str, now: datetime
) -> list[tuple[datetime, str]]:
    done = export_desk(context.journal, log, desk, now=lambda: now, new_id=context.new_id)
    return [(row.at.astimezone(UTC), row.item) for row in parse(done.plan.rendered.content).rows]

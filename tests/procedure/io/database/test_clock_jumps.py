"""If the server's clock jumps, the journal keeps its order and the roll-ups are still correct."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from procedure.access.accounts import Account
from procedure.access.roles import Role
from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.transactions import Loan, Return
from procedure.io.database.database import open_database
from procedure.monitoring.history import History
from procedure.monitoring.model import Outcome, Status
from procedure.monitoring.rollup import COLUMNS, Grain
from tests.procedure.io.conftest import START, Clock
from tests.support import make
from tests.support.memory import MemoryHistory

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
JUMPS = {
    "forward": (DAY,),
    "back": (-DAY,),
    "forward and back": (DAY, -DAY),
    "back and forward": (-3 * HOUR, 3 * HOUR),
}
each_jump = pytest.mark.parametrize("jumps", JUMPS.values(), ids=JUMPS)


@each_jump
def test_journal_keeps_the_order_of_commits(
    tmp_path: Path, clock: Clock, jumps: Sequence[timedelta]
) -> None:
    def loan(number: int) -> Loan:
        at = START + number * MINUTE  # the workstation's time
        return make.loan(number, "i1", f"P{number}", at=at, desk="CMU", sequence=2 * number)

    def back(number: int) -> Return:
        at = START + number * MINUTE + MINUTE / 2
        return make.back(100 + number, "i1", at=at, desk="CMU", sequence=2 * number + 1)

    made = [entry for number in range(1, 7) for entry in (loan(number), back(number))]
    with open_database(f"sqlite:///{tmp_path / 'a'}", role="server", now=clock) as database:
        for place, entry in enumerate(made):
            if place % 4 == 3:
                clock.forward(jumps[place // 4 % len(jumps)])
            database.journal.append(entry)
        recorded = database.journal.since()
    assert [record.entry for record in recorded] == made
    assert [record.position for record in recorded] == list(range(1, len(made) + 1))
    assert CirculationLog(recorded).standing("i1") == made


@each_jump
def test_sums_and_states_equal_those_of_one_fold(
    tmp_path: Path, clock: Clock, jumps: Sequence[timedelta]
) -> None:
    memory = MemoryHistory()
    statuses = (Status.UP, Status.DOWN, Status.DOWN, Status.UP)
    with open_database(f"sqlite:///{tmp_path / 'a'}", role="server", now=clock) as database:
        histories = (memory, database.history)
        for history in histories:
            history.set_intervals({"alma": MINUTE})
        for place in range(90):
            if place % 30 == 29:
                clock.forward(jumps[place // 30 % len(jumps)])
            clock.forward(MINUTE)
            seen = Outcome("alma", "https://a.ch/", "server", clock.at, statuses[place // 7 % 4])
            for history in histories:
                history.record([seen])
        span = {"since": START - 2 * DAY, "until": START + 3 * DAY}
        assert database.history.states(**span) == memory.states(**span)
        shown, expected = ([sums(history, "hour"), sums(history, "day")] for history in histories)
        assert shown == expected
        assert shown[0]


def sums(history: History, grain: Grain) -> list[list[int]]:
    summaries = history.summaries(grain, COLUMNS, since=START - 2 * DAY)
    columns = summaries.targets.get("alma", ())
    return [[int(value) for value in column] for column in columns]


def test_sign_in_ends_by_the_clock(tmp_path: Path, clock: Clock) -> None:
    with open_database(f"sqlite:///{tmp_path / 'a'}", role="server", now=clock) as database:
        accounts = database.accounts
        accounts.add(Account("ana", Role.STAFF, "hash", START))
        accounts.begin("digest", "ana", START + 12 * HOUR, now=START)

        def lasts() -> bool:
            return accounts.signed_in("digest", clock()) is not None

        clock.forward(DAY)
        assert not lasts()
        clock.forward(-2 * DAY)
        assert lasts()

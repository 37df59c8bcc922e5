"""A drill's queue of patrons, and the report on the drill."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from dashboard.cli.run_drill import LIBRARIES
from dashboard.settings import PACKAGED_HANDBOOK
from procedure.circulation.scan_rules import ScanRules
from procedure.circulation.transactions import Loan, Void
from procedure.guide.walk import AnswerGiven
from procedure.io.handbook_files import load_handbook
from procedure.monitoring.model import SERVER
from procedure.outages.outage_entries import OutageDeclared
from procedure.simulation.drill_queue import (
    DrillReport,
    QueuedPatron,
    drill_queue,
    drill_report,
    lent_items,
    queue_stock,
    usual_outage,
)
from tests.support import make
from tests.support.handbooks import HANDBOOKS
from tests.support.memory import recorded

WALK = UUID(int=90)
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
QUEUE = (
    QueuedPatron("SLSP000000001", ("1060000001", "1060000002")),
    QueuedPatron("2060", ("0UGE1",)),
)


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def loan(number: int, patron: str, item: str, **more: str) -> Loan:
    return Loan(id=UUID(int=number), at=at(number), desk="MAIL", patron=patron, item=item, **more)  # type: ignore[arg-type]


def test_drill_queue_is_repeatable_and_has_no_duplicates() -> None:
    queue = drill_queue(20, ScanRules(), seed=3)
    assert queue == drill_queue(20, ScanRules(), seed=3)
    assert queue != drill_queue(20, ScanRules(), seed=4)
    codes = [code for user in queue for code in (user.patron, *user.items)]
    assert len(codes) == len(set(codes))
    assert {len(user.items) for user in queue} == {1, 2, 3}


def test_queue_stock_has_every_code_of_the_queue() -> None:
    stock = queue_stock(QUEUE, {"MAIL": "MAIN"})
    assert [item.barcode for item in stock.items] == ["1060000001", "1060000002", "0UGE1"]
    assert [desk.code for desk in stock.desks] == ["MAIL"]


def test_drill_report_at_the_start() -> None:
    report = drill_report(QUEUE, (), began=NOON, returned=None)
    assert report == DrillReport(NOON, None, None, None, None, 3, 0, 0, 0, 0, 0)
    assert report.errors == 0


def test_drill_report_times_and_scan_errors() -> None:
    records = recorded(
        AnswerGiven(UUID(int=91), at(1), WALK, "A1", "no"),
        AnswerGiven(UUID(int=92), at(2), WALK, "A2", "no"),
        OutageDeclared(id=UUID(int=93), at=at(3), title="Drill", begun=at(0)),
        AnswerGiven(UUID(int=94), at(4), WALK, "A1", "no"),
        loan(5, "slsp000000001", "1060000001"),
        loan(6, "2060", "1060000002"),  # the wrong patron
        loan(7, "2060", "0UGE9", warning="unknown_card"),  # nobody in the queue brought it
        loan(8, "2060", "0UGE1"),
        Void(id=UUID(int=95), at=at(9), loan=UUID(int=8), reason="a mistake"),
    )
    report = drill_report(QUEUE, records, began=NOON, returned=at(20))
    assert report == DrillReport(
        began=NOON,
        answered=at(2),
        declared=at(3),
        first_loan=at(5),
        returned=at(20),
        queued=3,
        lent=1,
        wrong=1,
        extra=1,
        doubtful=1,
        voided=1,
    )
    assert report.errors == 3
    assert lent_items(QUEUE, records) == {"1060000001"}


@pytest.mark.parametrize(
    "folder",
    [
        PACKAGED_HANDBOOK,
        HANDBOOKS / "good-german",
        LIBRARIES / "koha-example",
    ],
)
def test_usual_outage_is_of_the_handbooks_system(folder) -> None:
    handbook = load_handbook(folder)
    scenario = usual_outage(handbook, make.AT)
    assert scenario.name == f"{handbook.library.system} down"
    assert {vantage.site for vantage in scenario.vantages} == {
        d.site for d in handbook.desks.values()
    }
    assert len({vantage.key for vantage in scenario.vantages}) == len(scenario.vantages)
    down = {outcome.target for outcome in scenario.outcomes}
    assert down < handbook.targets.keys()
    assert {outcome.vantage for outcome in scenario.outcomes} == {
        SERVER.key,
        *(vantage.key for vantage in scenario.vantages),
    }

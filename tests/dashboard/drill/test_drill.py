"""A drill from its first minute to its end; a test or the drill itself performs the steps."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from dashboard.app import alma_client
from dashboard.core.context import AppContext
from dashboard.drill.drill import Drill
from dashboard.drill.drill_step import DrillStep
from dashboard.reconciliation.ledger import ReconciliationLedger
from procedure.circulation.scan_rules import ScanRules
from procedure.diagnosis.scenario import Scenario
from procedure.io.offline_lists.list_store import ListStore
from procedure.monitoring.model import Status
from procedure.simulation.alma.server import FakeAlma
from procedure.simulation.alma.world import World
from procedure.simulation.drill_queue import drill_queue, queue_stock
from procedure.simulation.made_up_lists import keep_drill_lists
from procedure.simulation.scenario_present import ScenarioPresent
from tests.support.alma import listening
from tests.support.clock import NOON, Clock
from tests.support.still_watch import StillWatch

QUEUE = drill_queue(2, ScanRules())
ITEMS = sum(len(user.items) for user in QUEUE)


@asynccontextmanager
async def playing(context: AppContext, clock: Clock) -> AsyncIterator[Drill]:
    """Play a drill whose outage begins a minute after `NOON`."""
    scenario = Scenario("A trial", NOON, (), (), (), (), ())
    begins = NOON + timedelta(minutes=1)
    present = ScenarioPresent(context.handbook.current, scenario, begins, clock)
    alma = FakeAlma(World(queue_stock(QUEUE, {"MAIL": "MAIN"})), now=clock)
    ends: list[datetime] = []
    async with listening(alma) as port:
        url = f"http://127.0.0.1:{port}"
        settings = replace(context.settings, alma_url=url, alma_key="k", alma_rate=25)
        alma_api = alma_client(settings, context.store.journal)
        context = replace(context, alma=alma_api)
        ledger = ReconciliationLedger(context)
        opened = Drill(context, ledger, present, alma, QUEUE, "MAIL", ends.append)
        yield opened
    assert ends == ([opened.ended] if opened.ended else [])


def fail(watch: StillWatch) -> None:
    for target in watch.targets:
        watch.see_enough(target, Status.DOWN if target.startswith("alma") else Status.UP)


async def test_steps_continue_until_all_loans_are_accounted_for(
    context: AppContext, clock: Clock, watch: StillWatch
) -> None:
    seen = []
    clock.pass_by(minutes=2)
    fail(watch)
    async with playing(context, clock) as drill:
        while (step := await drill.look()) is not DrillStep.OVER:
            seen.append(step)
            left = drill.left
            await drill.act(step)
            clock.pass_by(minutes=1)
            fail(watch)
    assert (left, drill.left) == (ITEMS, 0)  # before the last step, and after it
    assert {row.loan.workstation for row in context.folds.loan_log.rows()} == {"Exercice"}
    assert seen == [
        DrillStep.DECLARE,
        DrillStep.LEND,
        DrillStep.LEND,
        DrillStep.RETURN,
        DrillStep.TRANSFER,
        DrillStep.VERIFY,
    ]
    assert (drill.counts.accounted, drill.counts.total) == (ITEMS, ITEMS)
    report = drill.report()
    assert (report.queued, report.lent, report.errors) == (ITEMS, ITEMS, 0)
    assert report.declared == NOON + timedelta(minutes=2)
    assert report.answered is not None
    assert drill.ended is not None


async def test_steps_wait_until_the_outage_is_seen(
    context: AppContext, clock: Clock, watch: StillWatch
) -> None:
    async with playing(context, clock) as drill:
        assert await drill.look() is DrillStep.TROUBLE
        clock.pass_by(minutes=2)
        assert await drill.look() is DrillStep.TROUBLE
        await drill.act(DrillStep.TROUBLE)
        assert context.store.journal.position() == 0
        fail(watch)
        assert await drill.look() is DrillStep.DECLARE


async def test_outage_begins_a_minute_after_the_drill_was_opened(
    context: AppContext, clock: Clock
) -> None:
    async with playing(context, clock) as drill:
        drill.present.begun = None
        clock.pass_by(hours=1)
        assert drill.present.elapsed is None
        drill.begin()
        clock.pass_by(seconds=90)
        drill.begin()  # as another page would
        assert drill.present.elapsed == 30
        assert drill.report().began == NOON + timedelta(hours=1, minutes=1)


async def test_show_performs_the_steps_by_itself(
    context: AppContext, clock: Clock, watch: StillWatch
) -> None:
    clock.pass_by(minutes=2)
    fail(watch)
    async with playing(context, clock) as drill:
        drill.show(0)
        showing = drill._showing
        drill.show(0)  # a second click
        assert (drill.is_showing, drill._showing) == (True, showing)
        assert showing is not None
        await showing
        assert (await drill.look(), drill.is_showing) == (DrillStep.OVER, False)


async def test_card_doubted_by_the_list_is_lent_to_anyway(
    context: AppContext, clock: Clock, watch: StillWatch, tmp_path: Path
) -> None:
    context.store.lists = ListStore(tmp_path / "lists")
    keep_drill_lists(context.store.lists, QUEUE, NOON)
    clock.pass_by(minutes=2)
    fail(watch)
    async with playing(context, clock) as drill:
        while (step := await drill.look()) is not DrillStep.OVER:
            await drill.act(step)
            clock.pass_by(minutes=1)
            fail(watch)
        report = drill.report()
    assert (report.lent, report.doubtful) == (ITEMS, len(QUEUE[-1].items))
    loans = [row.loan for row in context.folds.loan_log.rows()]
    doubted = [loan for loan in loans if loan.patron == QUEUE[-1].patron]
    assert {(loan.warning, loan.overridden) for loan in doubted} == {("card_blocked", True)}

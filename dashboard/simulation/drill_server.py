"""The drill's server: a context based on a scenario, and a stand-in for Alma next to it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from dashboard.app import (
    open_context,
    reconciliation_ledger,
    serve_instead,
    with_probe_interval,
)
from dashboard.core.library_settings import apply_library_settings
from dashboard.drill.drill import CALM, Drill
from dashboard.settings import Settings
from dashboard.simulation.demo import with_library_name
from procedure.diagnosis.scenario import Scenario
from procedure.handbook.model import Handbook
from procedure.io.child_server import stop_at_end_of_input
from procedure.io.clock import utc_now
from procedure.io.task_runner import RepeatedTask
from procedure.simulation.alma.server import FakeAlma
from procedure.simulation.alma.world import World
from procedure.simulation.drill_queue import drill_queue, queue_stock
from procedure.simulation.made_up_lists import keep_drill_lists
from procedure.simulation.scenario_present import ScenarioPresent

PLAY_AGAIN_AFTER = 1.0  # seconds after a failure
LONGEST = 6 * 3600.0  # maximum duration (seconds) of a drill started by another program


@dataclass(frozen=True, slots=True)
class DrillPlan:
    """The plan of a drill: scenario, speed, number of patrons, desk, and the stand-in's port.

    With `until_eof`, the server stops when its standard input is closed, or after `LONGEST`.
    """

    scenario: Scenario
    speed: float
    users: int
    desk: str
    alma_port: int
    until_eof: bool = False


def open_drill(
    settings: Settings, handbook: Handbook, plan: DrillPlan, remember: Callable[[datetime], None]
) -> None:
    """Open a drill's database, and let all pages use it; `remember` stores when the drill ended."""
    apply_library_settings(handbook.library, settings.handbook)  # before the library is renamed
    drill_handbook = with_probe_interval(
        with_library_name(handbook, lambda language: language.say("Exercice")), settings
    )
    made = utc_now()
    begun = made + timedelta(seconds=CALM / plan.speed) if plan.until_eof else None
    present = ScenarioPresent(drill_handbook, plan.scenario, begun, utc_now, speed=plan.speed)
    context = open_context(settings, drill_handbook, present, present, demo="drill")
    queue = drill_queue(plan.users, handbook.scans, made.toordinal())
    libraries = {
        desk.code: next(iter(desk.libraries), "MAIN") for desk in drill_handbook.desks.values()
    }
    alma = FakeAlma(World(queue_stock(queue, libraries)))
    keep_drill_lists(context.store.lists, queue, made)
    serve_instead(context)
    ledger = reconciliation_ledger()
    drill = Drill(context, ledger, present, alma, queue, plan.desk, remember)
    context.shared["drill"] = drill
    context.upkeep.add("drill", RepeatedTask(partial(_play, drill, plan), PLAY_AGAIN_AFTER))


async def _play(drill: Drill, plan: DrillPlan) -> None:
    if plan.until_eof:
        stop_at_end_of_input(asyncio.get_running_loop(), LONGEST)
    await drill.run(plan.alma_port)

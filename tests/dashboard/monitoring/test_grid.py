"""The grid follows the watch, shows old readings as unknown, and changes only when it must."""

from datetime import timedelta
from typing import Any

from dashboard.core.context import AppContext
from dashboard.monitoring.cell import GridCell
from dashboard.monitoring.grid import ProbeGrid
from dashboard.monitoring.situation import Situation, SituationKind
from procedure.errors import JournalUnwritable
from procedure.monitoring.board import add_outcome
from procedure.monitoring.downtime import Downtime
from procedure.monitoring.model import FailureCause, Outcome, Status
from tests.support.context import with_store
from tests.support.memory import MemoryHistory

MINUTE = timedelta(minutes=1)
UP, DOWN, UNKNOWN = Status.UP, Status.DOWN, Status.UNKNOWN


def all_up(watch, context: AppContext) -> None:
    for key in context.handbook.current.targets:
        watch.see(key, UP)


def test_rows_are_in_the_order_of_the_handbook(context: AppContext) -> None:
    steps = [(cell.step, cell.target) for cell in ProbeGrid(context=context).cells]
    assert steps == [
        ("A1", "etats-unige"),
        ("A1", "slsp-psi"),
        ("A1", "exlibris-status"),
        ("A3", "switch"),
        ("A4", "alma-saml"),
        ("A4", "alma-secours"),
        ("B2", "tickets"),
        ("C1", "offline-utility"),
    ]


def test_cells_before_the_first_reading_are_unknown(context: AppContext) -> None:
    grid = ProbeGrid(context=context)
    assert [(cell.target, cell.unread) for cell in grid.cells] == [
        (key, True) for key in context.handbook.current.targets
    ]
    assert grid.state.kind is SituationKind.FIRST
    assert grid.last_round is None


def test_refresh_shows_an_outcome(context: AppContext, watch, clock) -> None:
    grid = ProbeGrid(context=context)
    seen = watch.see("switch", UP)
    grid.updates.refresh()
    assert grid.cell("switch") == GridCell(
        "switch",
        "server",
        UP,
        step="A3",
        since=clock.at,
        newest=seen,
        fresh_until=clock.at + 3 * MINUTE,
        hour=(seen,),
    )
    assert (grid.updates.outcomes, grid.last_round) == (1, clock.at)


def test_one_failure_is_unconfirmed_and_three_are_a_downtime(
    context: AppContext, watch, clock
) -> None:
    all_up(watch, context)
    grid, shown = ProbeGrid(context=context), []
    for _ in range(3):
        clock.pass_by(minutes=1)
        watch.see("alma-saml", DOWN, cause=FailureCause.DNS)
        grid.updates.refresh()
        cell = grid.cell("alma-saml")
        shown.append((cell.status, cell.cause, cell.doubtful))
    assert shown == [(UP, None, True), (UP, None, True), (DOWN, FailureCause.DNS, False)]
    assert grid.cell("alma-saml").since == clock.at - 2 * MINUTE
    assert grid.state.kind is SituationKind.ALMA_LINK_DOWN


def test_cell_becomes_unknown_with_age(context: AppContext, watch, clock) -> None:
    all_up(watch, context)
    grid = ProbeGrid(context=context)
    assert grid.state.kind is SituationKind.ALL_UP
    clock.pass_by(minutes=3)
    grid.updates.refresh()
    assert grid.cell("alma-saml").status is UP
    clock.pass_by(seconds=1)
    grid.updates.refresh()
    stale = {cell.target for cell in grid.cells if cell.stale}
    assert stale == {"switch", "alma-saml", "alma-secours"}
    assert {grid.cell(key).status for key in stale} == {UNKNOWN}
    assert grid.state.kind is SituationKind.ALMA_UNREAD
    clock.pass_by(hours=4)
    grid.updates.refresh()
    assert grid.state.kind is SituationKind.STALE


def test_refresh_without_news_changes_nothing(context: AppContext, watch, clock) -> None:
    all_up(watch, context)
    grid, changes = ProbeGrid(context=context), []
    grid.param.watch(changes.append, ["cells", "last_round", "state"])
    clock.pass_by(seconds=30)
    grid.updates.refresh()
    assert changes == []


def test_refresh_with_equal_readings_keeps_the_status_text(
    context: AppContext, watch, clock
) -> None:
    all_up(watch, context)
    grid, changes = ProbeGrid(context=context), []
    grid.param.watch(changes.append, ["state"])
    clock.pass_by(seconds=30)
    all_up(watch, context)
    grid.updates.refresh()
    assert changes == []


def test_last_hour_is_read_from_the_history_once(context: AppContext, watch, clock) -> None:
    def outcome(minutes: int) -> Outcome:
        return Outcome(
            "switch", "https://switch.example.org", "server", clock.at - MINUTE * minutes, UP
        )

    kept = [outcome(61), outcome(59), outcome(2)]
    context.store.history.record(kept)
    grid = ProbeGrid(context=context)
    assert grid.cell("switch").hour == tuple(kept[1:])
    seen = watch.see("switch", UP)
    grid.updates.refresh()
    assert grid.cell("switch").hour == (*kept[1:], seen)


def test_readings_of_an_earlier_run_are_not_shown_as_current(
    context: AppContext, watch, clock
) -> None:
    old = Outcome("switch", "https://switch.example.org", "server", clock.at - MINUTE * 30, UP)
    context.store.history.record([old])
    watch.board = add_outcome(watch.board, old, watch.targets)
    grid = ProbeGrid(context=context)
    assert grid.cell("switch") == GridCell("switch", "server", hour=(old,), step="A3")
    assert grid.state.kind is SituationKind.FIRST


def test_last_downtime_of_alma_is_the_latest_to_end(context: AppContext, clock) -> None:
    start = clock.at - timedelta(hours=5)

    def seen(target: str, minute: int, status: Status) -> Outcome:
        return Outcome(target, "https://example.org", "server", start + MINUTE * minute, status)

    statuses = [UP, DOWN, DOWN, UP]
    past = [seen("alma-saml", minute, status) for minute, status in enumerate(statuses)]
    past += [seen("switch", 10 + minute, status) for minute, status in enumerate(statuses)]
    context.watches.recent.states.update(past, clock.at)
    grid = ProbeGrid(context=context)
    assert grid.last_outage == Downtime("alma-saml", start + MINUTE, start + 3 * MINUTE, None)


def test_choose_opens_and_closes_a_cell(context: AppContext) -> None:
    grid = ProbeGrid(context=context)
    grid.choose("switch/server")
    assert grid.chosen == "switch/server"
    grid.choose("switch/server")
    assert grid.chosen == ""
    grid.choose("<nonsense>")
    assert grid.chosen == ""


def test_status_covers_all_links_to_alma(context: AppContext, watch, clock) -> None:
    all_up(watch, context)
    clock.pass_by(minutes=1)
    for key in ("alma-saml", "alma-secours"):
        watch.see_enough(key, DOWN, cause=FailureCause.STATUS, http_status=503)
    began = clock.at - timedelta(seconds=2)
    grid = ProbeGrid(context=context)
    assert grid.state == Situation(SituationKind.ALMA_DOWN, ("alma-saml", "alma-secours"), 8, began)
    assert grid.state.failing


def test_status_of_a_cut_off_machine_is_unknown(context: AppContext, watch, clock) -> None:
    all_up(watch, context)
    clock.pass_by(minutes=1)
    for key in context.handbook.current.targets:
        watch.see_enough(key, DOWN, cause=FailureCause.UNREACHABLE)
    grid = ProbeGrid(context=context)
    assert grid.state.kind is SituationKind.BLIND
    assert {cell.status for cell in grid.cells} == {UNKNOWN}


def test_grid_opens_with_an_unreadable_history(context: AppContext) -> None:
    class Damaged(MemoryHistory):
        def outcomes(self, **_: Any) -> Any:
            raise JournalUnwritable("damaged")

    context.store.history = Damaged()
    grid = ProbeGrid(context=context)
    assert [cell.target for cell in grid.cells] == [
        cell.target
        for cell in ProbeGrid(context=with_store(context, history=MemoryHistory())).cells
    ]

"""Repeated tasks read values for all pages in a thread; after a failure, the last values are kept."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from dashboard.app import alma_client
from dashboard.core.context import AppContext
from dashboard.upkeep.repeated_tasks import (
    check_key,
    delete_old_lists,
    update_ninety_days,
    update_recent_states,
)
from procedure.circulation.scan_rules import ScanRules
from procedure.errors import ProcedureError
from procedure.io.offline_lists.list_import import ListImport, import_files
from procedure.io.offline_lists.list_store import ListStore
from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.model import FailureCause, Outcome, Status
from procedure.readiness.readiness import KeyState
from procedure.records.acts import acts
from procedure.simulation.alma.request_gate import RequestGate
from procedure.simulation.alma.server import FakeAlma
from procedure.simulation.alma.world import Stock, World
from tests.support.alma import listening
from tests.support.clock import Clock


async def test_update_ninety_days_keeps_the_last_result_after_a_failure(
    context: AppContext, caplog: pytest.LogCaptureFixture
) -> None:
    turn = partial(update_ninety_days, context)
    assert await context.upkeep.attempt("ninety_days", turn)
    first = context.watches.recent.ninety_days
    assert first is not None
    context.store.history.states = _broken  # type: ignore[method-assign]
    assert not await context.upkeep.attempt("ninety_days", turn)
    assert (context.watches.recent.ninety_days, context.upkeep.failing) == (first, ("ninety_days",))
    assert "task 'ninety_days' failed: the disk is gone" in caplog.text


async def test_update_recent_states_applies_stored_blind_periods(
    context: AppContext, clock: Clock
) -> None:
    minute = timedelta(minutes=1)
    seen = Outcome("switch", "", "server", clock() - minute, Status.DOWN, FailureCause.DNS)
    context.store.history.record([seen])
    context.store.history.record_blind_period(BlindPeriod(clock() - 2 * minute, clock()))
    await update_recent_states(context)
    assert context.watches.probes.board.blind_periods == ()
    assert [
        state.status for state in context.watches.recent.states.states("switch", seen.at, clock())
    ] == [Status.UNKNOWN]


@pytest.mark.parametrize(
    ("key", "state"),
    [("", KeyState.NONE), ("k-read", KeyState.ACCEPTED), ("k-other", KeyState.REFUSED)],
)
async def test_check_key_of_almas_api(context: AppContext, key: str, state: KeyState) -> None:
    gate = RequestGate(read="k-read", per_second=1000)
    async with listening(FakeAlma(World(Stock()), gate)) as port:
        url = f"http://127.0.0.1:{port}"
        settings = replace(context.settings, alma_url=url, alma_key=key, alma_rate=25)
        alma = alma_client(settings, context.store.journal)
        await check_key(replace(context, alma=alma))
    assert alma.key_state is state


async def test_check_key_keeps_an_accepted_key_while_alma_is_silent(
    context: AppContext,
) -> None:
    settings = replace(context.settings, alma_url="http://127.0.0.1:9", alma_key="k")
    alma = alma_client(settings, context.store.journal)
    alma.key_state = KeyState.ACCEPTED
    await check_key(replace(context, alma=alma))
    assert alma.key_state is KeyState.ACCEPTED


def _broken(**_: object) -> None:
    raise ProcedureError("the disk is gone")


async def test_old_list_is_deleted_with_a_receipt(
    context: AppContext, clock: Clock, tmp_path: Path
) -> None:
    context.store.lists = ListStore(tmp_path / "lists")
    (tmp_path / "items.csv").write_text("barcode\n1\n2\n")
    import_files(
        context.store.lists,
        [tmp_path / "items.csv"],
        clock(),
        ListImport(ScanRules(), as_of=clock()),
    )
    await delete_old_lists(context)
    assert [listed.header.count for listed in context.store.lists.status()] == [2]
    clock.pass_by(days=15)
    await delete_old_lists(context)
    assert context.store.lists.status() == []
    done = [(act.act, act.about) for act in acts(context.store.journal.since())]
    assert done == [("list_forgotten", "items (2)")]

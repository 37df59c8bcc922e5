"""The watch: steady, spread out, never twice at one door, and never lost for a history's fault."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from virtual_time import NOON, VirtualLoop, now, run

from procedure.errors import JournalUnwritable
from procedure.history import MemoryHistory
from procedure.io.watch import Watch
from procedure.monitoring import SERVER, Outcome, Target, Vantage, Verdict


def target(key: str, seconds: float = 60) -> Target:
    return Target(key, f"https://{key}.example.org/", "A1", timedelta(seconds=seconds))


class SteadyProber:
    """Answers after `takes` seconds, and remembers how many it was asked for at once."""

    def __init__(self, takes: float = 0.1) -> None:
        self.takes = takes
        self.begun: list[tuple[str, float]] = []
        self.busy: Counter[str] = Counter()
        self.most_at_once = 0

    async def probe(self, target: Target, *, vantage: Vantage = SERVER) -> Outcome:
        at = now()
        self.begun.append((target.key, asyncio.get_running_loop().time()))
        self.busy[target.key] += 1
        self.most_at_once = max(self.most_at_once, self.busy[target.key])
        try:
            await asyncio.sleep(self.takes)
        finally:
            self.busy[target.key] -= 1
        return Outcome(target.key, target.url, vantage.key, at, Verdict.UP)

    def turns(self, key: str) -> list[float]:
        return [at for which, at in self.begun if which == key]


class FullDisk(MemoryHistory):
    """A history that refuses until there is room again."""

    full = True

    def record(self, outcomes: Sequence[Outcome]) -> None:
        if self.full:
            raise JournalUnwritable("no room")
        super().record(outcomes)


class Clumsy(SteadyProber):
    """A prober with a fault of its own, the first time it is asked."""

    async def probe(self, target: Target, *, vantage: Vantage = SERVER) -> Outcome:
        outcome = await super().probe(target, vantage=vantage)
        if len(self.begun) == 1:
            raise ZeroDivisionError
        return outcome


def watched(
    *targets: Target, prober: SteadyProber, seconds: float, history: MemoryHistory | None = None
) -> Watch:
    async def main() -> Watch:
        watch = Watch(targets, prober, history or MemoryHistory(), now=now)
        watch.ensure_started()
        watch.ensure_started()
        await asyncio.sleep(seconds)
        await watch.stop()
        return watch

    return run(main())


def test_each_target_has_its_interval_and_its_place() -> None:
    prober = SteadyProber()
    watched(target("a"), target("b", 300), prober=prober, seconds=3600)
    gaps = [later - sooner for sooner, later in pairwise(prober.turns("a"))]
    assert len(prober.turns("a")) in (60, 61)
    assert len(prober.turns("b")) in (12, 13)
    assert all(54 <= gap <= 66 for gap in gaps[1:])
    assert prober.turns("a")[0] == 0
    assert prober.turns("b")[0] == 0.2


def test_two_probes_of_one_target_never_overlap() -> None:
    prober = SteadyProber(takes=25)
    watched(target("a", 10), target("b", 10), prober=prober, seconds=600)
    assert prober.most_at_once == 1
    assert len(prober.turns("a")) > 15


def test_a_machine_that_slept_makes_up_for_nothing() -> None:
    prober = SteadyProber()

    async def main() -> None:
        watch = Watch([target("a")], prober, MemoryHistory(), now=now)
        watch.ensure_started()
        await asyncio.sleep(600)
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        loop.passed += 8 * 3600
        await asyncio.sleep(600)
        await watch.stop()

    run(main())
    after = [at for at in prober.turns("a") if at > 8 * 3600]
    assert len(after) in (10, 11)


def test_a_round_is_kept_in_one_transaction_and_the_newest_is_at_hand() -> None:
    history = MemoryHistory()
    watch = watched(target("a"), target("b"), prober=SteadyProber(), seconds=5, history=history)
    assert [one.target for one in history.outcomes(since=NOON)] == ["a", "b"]
    assert watch.latest["b", "server"] == next(history.outcomes(since=NOON, target="b"))
    assert watch.rounds == 2
    assert watch.last_round == NOON + timedelta(seconds=0.3)
    assert watch.history_fault is None
    assert not watch.running


def test_a_history_that_refuses_neither_stops_the_watch_nor_loses_an_outcome() -> None:
    history = FullDisk()
    prober = SteadyProber()

    async def main() -> None:
        watch = Watch([target("a")], prober, history, now=now)
        watch.ensure_started()
        await asyncio.sleep(300)
        assert watch.history_fault == "JournalUnwritable"
        assert len(prober.begun) > 4
        history.full = False
        await asyncio.sleep(5)
        assert watch.history_fault is None
        await watch.stop()

    run(main())
    assert len(list(history.outcomes(since=NOON))) == len(prober.begun)


def test_a_fault_of_ours_costs_one_reading_and_not_the_watch() -> None:
    watch = watched(target("a"), prober=Clumsy(), seconds=300)
    assert watch.rounds >= 4


def test_stopping_keeps_what_was_seen_and_leaves_no_task() -> None:
    history = MemoryHistory()

    async def main() -> None:
        watch = Watch([target("a")], SteadyProber(), history, now=now)
        await watch.stop()
        watch.ensure_started()
        await asyncio.sleep(0.15)
        await watch.stop()
        await watch.stop()
        assert len(asyncio.all_tasks()) == 1

    run(main())
    assert len(list(history.outcomes(since=NOON))) == 1


def test_it_can_be_started_again() -> None:
    async def main() -> int:
        watch = Watch([target("a")], SteadyProber(), MemoryHistory(), now=now)
        for _ in range(2):
            watch.ensure_started()
            await asyncio.sleep(1)
            await watch.stop()
        return watch.rounds

    assert run(main()) == 2

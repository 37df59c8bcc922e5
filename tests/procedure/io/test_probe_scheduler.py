"""Probes are steady and spread out, and never overlap for a target, even if the history fails."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from procedure.errors import JournalUnwritable
from procedure.io.probe_scheduler import ProbeScheduler
from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.board import target_status
from procedure.monitoring.model import SERVER, FailureCause, Outcome, Status, Target, Vantage
from tests.procedure.io.virtual_time import NOON, VirtualLoop, now
from tests.support.leadership import GivenLeadership
from tests.support.memory import MemoryHistory

loop_factory = VirtualLoop


def target(key: str, seconds: float = 60) -> Target:
    return Target(key, f"https://{key}.example.org/", "A1", timedelta(seconds=seconds))


class SteadyProber:
    """Answers after `takes` seconds; `most_at_once` is the peak number of probes of one target."""

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
        return Outcome(target.key, target.url, vantage.key, at, Status.UP)

    def turns(self, key: str) -> list[float]:
        return [at for which, at in self.begun if which == key]


class FullDisk(MemoryHistory):
    """A history that refuses outcomes until there is room again."""

    full = True

    def record(self, outcomes: Sequence[Outcome]) -> None:
        if self.full:
            raise JournalUnwritable("no room")
        super().record(outcomes)


class Clumsy(SteadyProber):
    """A prober that raises an error of its own on the first probe."""

    async def probe(self, target: Target, *, vantage: Vantage = SERVER) -> Outcome:
        outcome = await super().probe(target, vantage=vantage)
        if len(self.begun) == 1:
            raise ZeroDivisionError
        return outcome


async def watched(
    *targets: Target, prober: SteadyProber, seconds: float, history: MemoryHistory | None = None
) -> ProbeScheduler:
    watch = ProbeScheduler(targets, prober, history or MemoryHistory(), now=now)
    watch.ensure_started()
    watch.ensure_started()
    await asyncio.sleep(seconds)
    await watch.stop()
    return watch


async def test_targets_have_their_interval_and_offset() -> None:
    prober = SteadyProber()
    await watched(target("a"), target("b", 300), prober=prober, seconds=3600)
    gaps = [later - sooner for sooner, later in pairwise(prober.turns("a"))]
    assert len(prober.turns("a")) in (60, 61)
    assert len(prober.turns("b")) in (12, 13)
    assert all(54 <= gap <= 66 for gap in gaps[1:])
    assert prober.turns("a")[0] == 0
    assert prober.turns("b")[0] == 0.2


async def test_probes_of_one_target_never_overlap() -> None:
    prober = SteadyProber(takes=25)
    await watched(target("a", 10), target("b", 10), prober=prober, seconds=600)
    assert prober.most_at_once == 1
    assert len(prober.turns("a")) > 15


async def test_probes_missed_during_sleep_are_not_repeated() -> None:
    prober = SteadyProber()
    watch = ProbeScheduler([target("a")], prober, MemoryHistory(), now=now)
    watch.ensure_started()
    await asyncio.sleep(600)
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    loop.passed += 8 * 3600
    await asyncio.sleep(600)
    await watch.stop()
    after = [at for at in prober.turns("a") if at > 8 * 3600]
    assert len(after) in (10, 11)


async def test_round_is_recorded_in_one_transaction() -> None:
    history = MemoryHistory()
    watch = await watched(
        target("a"), target("b"), prober=SteadyProber(), seconds=5, history=history
    )
    assert [outcome.target for outcome in history.outcomes(since=NOON)] == ["a", "b"]
    assert watch.latest["b", "server"] == next(history.outcomes(since=NOON, target="b"))
    assert watch.rounds == 2
    assert watch.last_round == NOON + timedelta(seconds=0.3)
    assert watch.history_fault is None
    assert not watch.running


async def test_refusing_history_neither_stops_probes_nor_loses_outcomes() -> None:
    history = FullDisk()
    prober = SteadyProber()
    watch = ProbeScheduler([target("a")], prober, history, now=now)
    watch.ensure_started()
    await asyncio.sleep(300)
    assert watch.history_fault == "JournalUnwritable"
    assert len(prober.begun) > 4
    history.full = False
    await asyncio.sleep(5)
    assert watch.history_fault is None
    await watch.stop()
    assert len(list(history.outcomes(since=NOON))) == len(prober.begun)


async def test_error_in_the_prober_costs_one_reading() -> None:
    watch = await watched(target("a"), prober=Clumsy(), seconds=300)
    assert watch.rounds >= 4


async def test_stop_keeps_outcomes_and_leaves_no_task() -> None:
    history = MemoryHistory()
    watch = ProbeScheduler([target("a")], SteadyProber(), history, now=now)
    await watch.stop()
    watch.ensure_started()
    await asyncio.sleep(0.15)
    await watch.stop()
    await watch.stop()
    assert len(asyncio.all_tasks()) == 1
    assert len(list(history.outcomes(since=NOON))) == 1


async def test_ensure_started_after_stop() -> None:
    watch = ProbeScheduler([target("a")], SteadyProber(), MemoryHistory(), now=now)
    for _ in range(2):
        watch.ensure_started()
        await asyncio.sleep(1)
        await watch.stop()
    assert watch.rounds == 2


# -- status changes while watching


class Scripted(SteadyProber):
    """Answers according to a script of each target's downtime, in seconds."""

    def __init__(self, **down: tuple[float, float]) -> None:
        super().__init__(takes=0.1)
        self.down = down

    async def probe(self, target: Target, *, vantage: Vantage = SERVER) -> Outcome:
        begun = asyncio.get_running_loop().time()
        outcome = await super().probe(target, vantage=vantage)
        since, until = self.down.get(target.key, (0, 0))
        if since <= begun < until:
            return replace(outcome, status=Status.DOWN, cause=FailureCause.DNS)
        return replace(outcome, http_status=200, latency_ms=100)


async def test_quick_retries_confirm_a_failure() -> None:
    prober = Scripted(a=(90, 200))
    watch = await watched(target("a"), prober=prober, seconds=170)
    first = next(at for at in prober.turns("a") if at >= 90)
    retries = [round(at - first, 1) for at in prober.turns("a") if first < at < first + 15]
    assert retries == [5.1, 10.2]
    judged = watch.board.newest["a"]
    assert (judged.status, judged.cause) == (Status.DOWN, FailureCause.DNS)
    assert judged.since == NOON + timedelta(seconds=first)


async def test_brief_failure_does_not_change_the_status() -> None:
    prober = Scripted(a=(80, 92))
    watch = await watched(target("a"), prober=prober, seconds=170)
    assert any(80 <= at < 92 for at in prober.turns("a"))
    judged = watch.board.newest["a"]
    assert (judged.status, judged.since) == (Status.UP, NOON)


async def test_recovery_is_confirmed_quickly() -> None:
    prober = Scripted(a=(60, 160))
    watch = await watched(target("a"), prober=prober, seconds=230)
    recovered = next(at for at in prober.turns("a") if at >= 160)
    judged = watch.board.newest["a"]
    assert (judged.status, judged.since) == (Status.UP, NOON + timedelta(seconds=recovered))
    later = [round(at - recovered, 1) for at in prober.turns("a") if at > recovered]
    assert later == [5.1]


async def test_cut_off_is_noticed_before_any_target_is_down() -> None:
    targets = (target("a"), target("b"), replace(target("c", 600), control=True))
    prober = Scripted(a=(90, 300), b=(90, 300), c=(90, 300))
    watch = await watched(*targets, prober=prober, seconds=140)
    assert watch.board.cut_off is not None
    assert {newest.status for newest in watch.board.newest.values()} == {Status.UNKNOWN}
    first = min(at for which, at in prober.begun if which in "ab" and at >= 90)
    assert min(at for at in prober.turns("c") if at >= 90) - first < 0.2
    entries = [outcome.status for key, outcome in watch.latest.items() if key[0] == "a"]
    assert entries == [Status.DOWN]


async def test_cut_off_leaves_no_downtime_in_the_history() -> None:
    targets = (target("a"), target("b", 300), replace(target("c"), control=True))
    history = MemoryHistory()
    history.set_intervals({target.key: target.interval for target in targets})
    prober = Scripted(a=(90, 400), b=(90, 400), c=(90, 400))
    await watched(*targets, prober=prober, seconds=1200, history=history)
    until = NOON + timedelta(seconds=1200)
    assert any(outcome.status is Status.DOWN for outcome in history.outcomes(since=NOON))
    (cut,) = history.blind_periods(since=NOON, until=until)
    begun = min(at for key in "abc" for at in prober.turns(key) if at >= 90)
    ended = min(at for key in "abc" for at in prober.turns(key) if at >= 400)
    assert cut == BlindPeriod(NOON + timedelta(seconds=begun), NOON + timedelta(seconds=ended))
    assert history.downtimes(since=NOON, until=until) == []
    states = history.states(since=NOON + timedelta(seconds=1), until=until)
    seen = [Status.UP, Status.UNKNOWN, Status.UP]
    lanes = {key: [state.status for state in lane] for key, lane in states.items()}
    assert lanes == {"a": seen, "b": seen, "c": seen}


async def test_blind_period_of_a_killed_scheduler_is_recovered_from_history() -> None:
    targets = (target("a"), target("b"), replace(target("c"), control=True))
    history = MemoryHistory()
    await watched(
        *targets, prober=Scripted(a=(0, 90), b=(0, 90), c=(0, 90)), seconds=90, history=history
    )
    known = history.blind_periods(since=NOON, until=NOON + timedelta(hours=1))
    killed = MemoryHistory()
    killed.record(list(history.outcomes(since=NOON)))
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    loop.passed = 600
    await watched(*targets, prober=Scripted(), seconds=5, history=killed)
    (entry,) = killed.blind_periods(since=NOON, until=NOON + timedelta(hours=1))
    assert (entry.start, entry.end) == (known[0].start, NOON + timedelta(seconds=600))


async def test_confirmed_status_continues_from_the_history() -> None:
    history = MemoryHistory()
    prober = Scripted(a=(0, 900))
    await watched(target("a"), prober=prober, seconds=300, history=history)
    earlier = list(history.outcomes(since=NOON))
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    loop.passed = 600
    watch = await watched(target("a"), prober=prober, seconds=5, history=history)
    assert watch.board.newest["a"].since == earlier[0].at


class Unreadable(MemoryHistory):
    """A history that cannot be read."""

    def outcomes(self, **_: object) -> Iterator[Outcome]:
        raise JournalUnwritable("not readable")


async def test_unreadable_history_does_not_stop_probes() -> None:
    watch = await watched(target("a"), prober=Scripted(), seconds=5, history=Unreadable())
    assert watch.board.newest["a"].status is Status.UP


# --- several processes on one database


def shared_watch(
    history: MemoryHistory, leadership: GivenLeadership
) -> tuple[ProbeScheduler, SteadyProber]:
    prober = SteadyProber()
    watch = ProbeScheduler([target("a")], prober, history, now=now, leadership=leadership)
    watch.ensure_started()
    return watch, prober


def shown(watch: ProbeScheduler) -> Status | None:
    status = target_status(watch.board, target("a"), now())
    return status and status.status


async def test_follower_probes_nothing_and_has_the_leaders_outcomes() -> None:
    history = MemoryHistory()
    leader, _ = shared_watch(history, GivenLeadership(leads=True))
    await asyncio.sleep(200)
    follower, prober = shared_watch(history, GivenLeadership())
    await asyncio.sleep(400)
    assert prober.begun == []
    assert follower.board == leader.board
    assert follower.latest == leader.latest
    assert follower.rounds > 3
    await leader.stop()
    await asyncio.sleep(100)
    assert shown(follower) is Status.UP
    await asyncio.sleep(200)  # nobody probes, so the old status expires
    assert shown(follower) is Status.UNKNOWN
    await follower.stop()


async def test_new_leader_probes_at_once_and_continues_the_board() -> None:
    history, first, second = MemoryHistory(), GivenLeadership(leads=True), GivenLeadership()
    old, old_prober = shared_watch(history, first)
    new, prober = shared_watch(history, second)
    await asyncio.sleep(305)
    first.leads, second.leads = False, True
    taken_at = asyncio.get_running_loop().time()
    await asyncio.sleep(600)
    assert prober.turns("a")[0] - taken_at <= 1
    assert old_prober.turns("a")[-1] < taken_at
    assert new.board == old.board
    recorded = list(history.outcomes(since=NOON))
    assert len(recorded) == len({outcome.at for outcome in recorded})
    assert len(recorded) == len(prober.begun) + len(old_prober.begun)
    await old.stop()
    await new.stop()


async def test_outcomes_of_a_former_leader_are_not_recorded() -> None:
    history, leadership = MemoryHistory(), GivenLeadership()
    leadership.alone = True
    watch, prober = shared_watch(history, leadership)
    await asyncio.sleep(130)
    assert (len(prober.begun), list(history.outcomes(since=NOON))) == (2, [])
    assert (shown(watch), watch.history_fault) == (Status.UP, "JournalUnwritable")
    leadership.alone = False
    await asyncio.sleep(2)
    leadership.leads = True
    await asyncio.sleep(120)
    recorded = [outcome.at for outcome in history.outcomes(since=NOON)]
    assert (len(recorded), len(prober.begun), watch.history_fault) == (2, 4, None)
    assert min(recorded) > NOON + timedelta(seconds=132)
    await watch.stop()


async def test_outcomes_held_without_the_database_are_recorded_as_leader() -> None:
    history, leadership = MemoryHistory(), GivenLeadership()
    leadership.alone = True
    watch, prober = shared_watch(history, leadership)
    await asyncio.sleep(130)
    leadership.alone, leadership.leads = False, True
    await asyncio.sleep(2)
    assert len(list(history.outcomes(since=NOON))) == len(prober.begun) == 2
    await watch.stop()


async def test_changed_targets_are_probed_at_once_and_others_continue() -> None:
    prober, history = SteadyProber(), MemoryHistory()
    first = [target("a"), target("b"), target("c")]
    watch = ProbeScheduler(first, prober, history, now=now)
    watch.ensure_started()
    await asyncio.sleep(90)
    moved = replace(target("b"), url="https://moved.example.org/")
    kept, before = watch.board.newest["a"], prober.turns("a")
    watch.change_targets([target("a"), moved, target("d")])
    assert dict(watch.board.newest) == {"a": kept}
    assert set(watch.latest) == {("a", "server")}
    await asyncio.sleep(2)
    assert prober.turns("a") == before
    assert {key: newest.outcome.url for key, newest in watch.board.newest.items()} == {
        "a": target("a").url,
        "b": moved.url,
        "d": target("d").url,
    }
    gone = prober.turns("c")
    await asyncio.sleep(300)
    assert prober.turns("c") == gone
    assert len(prober.turns("d")) > 4
    await watch.stop()
    assert len(asyncio.all_tasks()) == 1


async def test_outcomes_of_an_earlier_address_do_not_count_for_the_target() -> None:
    """The history has such outcomes at startup, and a process with an older handbook adds more."""
    history, others = MemoryHistory(), GivenLeadership(leads=False)
    earlier = replace(target("a"), url="https://earlier.example.org/")
    history.record([Outcome("a", earlier.url, "server", now(), Status.UP)])
    watch = ProbeScheduler([target("a")], SteadyProber(), history, now=now, leadership=others)
    watch.ensure_started()
    await asyncio.sleep(3)
    history.record([Outcome("a", earlier.url, "server", now(), Status.UP)])
    await asyncio.sleep(5)
    assert target_status(watch.board, target("a"), now()) is None
    history.record([Outcome("a", target("a").url, "server", now(), Status.UP)])
    await asyncio.sleep(5)
    await watch.stop()
    judged = target_status(watch.board, target("a"), now())
    assert judged is not None
    assert judged.outcome.url == target("a").url

"""Recent states are the same whether readings are added one by one or all at once."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.model import Outcome, Status
from procedure.monitoring.recent import RecentStates
from tests.support.states import states

START = datetime(2026, 11, 24, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def outcome(seconds: float, status: Status, target: str = "switch") -> Outcome:
    at = START + timedelta(seconds=seconds)
    return Outcome(target, "https://example.org", "server", at, status)


seconds = st.lists(st.integers(0, 7200), unique=True, min_size=1, max_size=40).map(sorted)


@given(seconds, st.data())
def test_update_in_pieces_equals_one_fold(instants: list[int], data: st.DataObject) -> None:
    statuses = [data.draw(st.sampled_from(list(Status))) for _ in instants]
    seen = [outcome(*pair) for pair in zip(instants, statuses, strict=True)]
    chronicle = RecentStates({"switch": MINUTE})
    looks = sorted(data.draw(st.lists(st.integers(0, 7200), max_size=5)))
    for look in [*looks, 7300]:
        now = START + timedelta(seconds=look)
        since = chronicle.needed_since(now)
        chronicle.update((probed for probed in seen if since <= probed.at < now), now)
    until = START + timedelta(seconds=7300)
    assert chronicle.states("switch", START, until) == states(
        "switch", seen, interval=MINUTE, since=START, until=until
    )


def test_update_makes_readings_of_a_blind_period_unknown() -> None:
    chronicle = RecentStates({"switch": MINUTE})
    statuses = [Status.UP, Status.DOWN, Status.DOWN, Status.UP]
    seen = [outcome(60 * place, status) for place, status in enumerate(statuses)]
    cut = BlindPeriod(START + 1.1 * MINUTE, START + 2.5 * MINUTE)
    until = START + 4 * MINUTE
    chronicle.update(seen, until, [cut])
    intervals = chronicle.states("switch", START, until)
    assert [(state.start, state.end, state.status) for state in intervals] == [
        (START, START + MINUTE, Status.UP),
        (START + MINUTE, START + 3 * MINUTE, Status.UNKNOWN),
        (START + 3 * MINUTE, until, Status.UP),
    ]


def test_update_drops_what_is_older_than_its_retention() -> None:
    chronicle = RecentStates({"switch": MINUTE}, keep=timedelta(hours=1))
    chronicle.update([outcome(0, Status.UP), outcome(60, Status.DOWN)], START + MINUTE * 2)
    later = START + timedelta(hours=3)
    chronicle.update([], later)
    intervals = chronicle.states("switch", START, later)
    assert [state.status for state in intervals][-1] is None
    assert chronicle.states("unwatched", START, later)[0].status is None


def test_update_leaves_out_other_vantages_and_unknown_targets() -> None:
    chronicle = RecentStates({"switch": MINUTE})
    foreign = Outcome("switch", "https://example.org", "pc-7", START, Status.DOWN)
    chronicle.update([foreign, outcome(0, Status.DOWN, "elsewhere")], START + MINUTE)
    intervals = chronicle.states("switch", START, START + MINUTE)
    assert [(state.start, state.end, state.status) for state in intervals] == [
        (START, START + MINUTE, None)
    ]


def test_update_follows_a_clock_that_was_set_back() -> None:
    chronicle = RecentStates({"switch": MINUTE})
    seen: list[Outcome] = []
    clock, until = 0.0, START + 60 * MINUTE
    # The clock jumps half an hour ahead, is corrected, and is later set back by a few seconds.
    for step in [30, 30, 30, 1800, 30, 30, -1790, 30, 30, -10, 30, 30]:
        clock += step
        seen.append(outcome(clock, Status.DOWN if step == 30 else Status.UP))
        now = START + timedelta(seconds=clock + 1)
        since = chronicle.needed_since(now)
        chronicle.update(
            sorted((probed for probed in seen if since <= probed.at), key=lambda x: x.at), now
        )
    assert chronicle.states("switch", START, until) == states(
        "switch", sorted(seen, key=lambda x: x.at), interval=MINUTE, since=START, until=until
    )

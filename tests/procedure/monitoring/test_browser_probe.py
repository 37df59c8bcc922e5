"""A browser's look is an answer or none; anything else it sends is dropped."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from procedure.monitoring.browser_probe import outcomes
from procedure.monitoring.model import FailureCause, Outcome, Status, Target, Vantage

AT = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
HERE = Vantage("pc-1", "Uni Mail")
SWITCH = Target("switch", "https://www.switch.ch", "A3", timedelta(minutes=1))
TARGETS = {"switch": SWITCH}


def test_outcomes_of_each_reading() -> None:
    looks = [
        {"target": "switch", "answered": True, "ms": 22.5},
        {"target": "switch", "answered": True, "ms": 2500},
        {"target": "switch", "answered": False, "late": True, "ms": 10_000},
        {"target": "switch", "answered": False, "late": False, "ms": 7},
    ]
    url = SWITCH.url
    assert list(outcomes(looks, TARGETS, HERE, AT)) == [
        Outcome("switch", url, "pc-1", AT, Status.UP, latency_ms=22.5),
        Outcome("switch", url, "pc-1", AT, Status.SLOW, latency_ms=2500),
        Outcome("switch", url, "pc-1", AT, Status.DOWN, FailureCause.TIMEOUT, latency_ms=10_000),
        Outcome("switch", url, "pc-1", AT, Status.DOWN, FailureCause.NETWORK, latency_ms=7),
    ]


def test_outcomes_drops_what_is_no_reading() -> None:
    looks = [
        {},
        {"target": "elsewhere", "answered": True, "ms": 1},
        {"target": "switch", "answered": True, "ms": "soon"},
        {"target": "switch", "answered": True, "ms": float("nan")},
        {"target": "switch", "answered": True, "ms": 9e9},
    ]
    assert list(outcomes(looks, TARGETS, HERE, AT)) == []


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
)


@given(st.lists(st.dictionaries(st.sampled_from(["target", "answered", "late", "ms"]), anything)))
def test_outcomes_never_raises(looks: list[dict[str, object]]) -> None:
    for outcome in outcomes(looks, TARGETS, HERE, AT):
        assert outcome.target == "switch"

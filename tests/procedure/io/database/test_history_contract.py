"""Every history fulfils this contract, wherever it is stored."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta

from procedure.monitoring.history import History
from procedure.monitoring.model import FailureCause, Hop, Outcome, Phase, Phases, Status

AT = datetime(2026, 11, 24, 9, 30, 12, 345678, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def outcome(target: str, at: datetime = AT, vantage: str = "server") -> Outcome:
    return Outcome(target, f"https://{target}.example.org/", vantage, at, Status.UP)


FULL = Outcome(
    target="alma-saml",
    url="https://slsp-unige.example.org/saml",
    vantage="server",
    at=AT,
    status=Status.DOWN,
    cause=FailureCause.STATUS,
    phase=Phase.FIRST_BYTE,
    http_status=503,
    final_url="https://login.example.org/wayf",
    latency_ms=1234.567,
    phases=Phases(dns=0.125, connect=2.5, tls=10.001, first_byte=999.999),
    hops=(Hop("https://a.example.org/", 302, Phases(connect=1.1234)), Hop("https://b/", None)),
    reserved=True,
    detail="503 Service Unavailable — é",
    expires=AT + 90 * MINUTE,
)


def test_example_outcome_has_no_default_values() -> None:
    plain = outcome("switch", AT - MINUTE, "CMU-3")
    assert [
        f.name for f in fields(Outcome) if getattr(FULL, f.name) == getattr(plain, f.name)
    ] == []


def test_outcome_is_read_back_with_every_field(history: History) -> None:
    history.record([FULL, outcome("switch")])
    assert list(history.outcomes(since=AT)) == [FULL, outcome("switch")]


def test_outcomes_window_includes_its_start_and_not_its_end(history: History) -> None:
    three = [outcome("switch", AT + n * MINUTE) for n in range(3)]
    history.record(three)
    outcomes = history.outcomes(since=AT + MINUTE, until=AT + 2 * MINUTE)
    assert list(outcomes) == three[1:2]


def test_outcomes_are_sorted_by_instant_target_and_vantage(history: History) -> None:
    ordered = [
        outcome("switch", AT),
        outcome("alma-saml", AT + MINUTE, "CMU-3"),
        outcome("alma-saml", AT + MINUTE, "server"),
        outcome("switch", AT + MINUTE),
    ]
    history.record([ordered[3], ordered[1], ordered[0]])
    history.record([ordered[2]])
    assert list(history.outcomes(since=AT)) == ordered


def test_outcomes_of_one_target_and_vantage(history: History) -> None:
    wanted = outcome("switch", vantage="CMU-3")
    history.record([wanted, outcome("switch"), outcome("tickets", vantage="CMU-3")])
    assert list(history.outcomes(since=AT, target="switch", vantage="CMU-3")) == [wanted]


def test_recording_a_known_outcome_changes_nothing(history: History) -> None:
    history.record([FULL])
    history.record([outcome("alma-saml"), outcome("switch")])
    assert list(history.outcomes(since=AT)) == [FULL, outcome("switch")]


def test_new_outcomes_are_counted_once_even_if_late(history: History) -> None:
    assert history.record([FULL, outcome("switch"), FULL]) == 2
    earlier = outcome("switch", AT - MINUTE)
    assert history.record([FULL, earlier, outcome("switch"), earlier]) == 1
    assert history.record([]) == 0
    assert len(list(history.outcomes(since=AT - MINUTE))) == 3


def test_empty_history_has_no_outcomes(history: History) -> None:
    history.record([])
    assert list(history.outcomes(since=AT)) == []

"""What a call says is what was seen, with its denominators, and nothing of a person."""

from datetime import UTC, datetime, timedelta

from procedure.diagnosis.disagreement import Share
from procedure.monitoring.model import FailureCause, Outcome, Status
from procedure.outages.call_text import (
    CallFacts,
    FailingTarget,
    Observation,
    SeenFrom,
    WhoTested,
    call_facts,
)

AT = datetime(2026, 11, 24, 8, 20, tzinfo=UTC)
SINCE = AT - timedelta(minutes=8)
CHECKED = (("A1", "no"), ("A2", "no"))


def outcome(target: str, vantage: str, status: Status) -> Outcome:
    cause = FailureCause.TIMEOUT if status is Status.DOWN else None
    return Outcome(target, f"https://{target}.example.org/", vantage, AT, status, cause)


def look(target: str, vantage: str, status: Status, site: str = "", since=None) -> Observation:
    return Observation(vantage, site, status, outcome(target, vantage, status), since)


def test_call_facts_times_of_the_server_and_share_of_workstations() -> None:
    looks = [
        look("alma-saml", "pc-1", Status.DOWN, "Uni Mail"),
        look("alma-saml", "server", Status.DOWN, since=SINCE),
        look("alma-saml", "pc-2", Status.UP, "Uni CMU"),
        look("switch", "server", Status.SLOW, since=SINCE),
        look("tickets", "server", Status.UNKNOWN),
    ]
    made = call_facts(looks, CHECKED, at=AT, targets=("tickets", "switch", "alma-saml"))
    assert made == CallFacts(
        at=AT,
        failures=(FailingTarget(looks[1].outcome, SINCE, SeenFrom.FAILS, Share(1, 2)),),
        others={WhoTested.SERVER: ("switch",), WhoTested.NOBODY: ("tickets",)},
        sites=("Uni Mail",),
        checked=CHECKED,
    )
    assert made.since == SINCE


def test_call_facts_seen_by_workstations_alone_have_no_start() -> None:
    looks = [
        look("alma-saml", "server", Status.UP, since=SINCE),
        look("alma-saml", "pc-1", Status.DOWN),
    ]
    made = call_facts(looks, (), at=AT)
    assert made.failures == (FailingTarget(looks[1].outcome, None, SeenFrom.ANSWERS, Share(1, 1)),)
    assert (made.since, made.sites, made.others) == (None, (), {})


def test_call_facts_without_knowledge_are_empty() -> None:
    nothing = call_facts([], (), at=AT, targets=("switch",))
    assert nothing == CallFacts(AT, (), {WhoTested.NOBODY: ("switch",)}, (), ())
    assert nothing.is_empty
    assert not call_facts([], CHECKED, at=AT).is_empty

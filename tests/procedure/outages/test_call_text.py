"""What a call says is what was seen, with its denominators, and nothing of a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from procedure.monitoring.model import Cause, Outcome, Verdict
from procedure.outages.call_text import CallText, Failure, Look, Seen, WhoTested, call_text
from procedure.status_pages.readings import Share

AT = datetime(2026, 11, 24, 8, 20, tzinfo=UTC)
SINCE = AT - timedelta(minutes=8)
CHECKED = (("A1", "no"), ("A2", "no"))


def outcome(target: str, vantage: str, verdict: Verdict) -> Outcome:
    cause = Cause.TIMEOUT if verdict is Verdict.DOWN else None
    return Outcome(target, f"https://{target}.example.org/", vantage, AT, verdict, cause)


def look(target: str, vantage: str, verdict: Verdict, site: str = "", since=None) -> Look:
    return Look(vantage, site, verdict, outcome(target, vantage, verdict), since)


def test_the_server_gives_the_times_and_workstations_the_share() -> None:
    looks = [
        look("alma-saml", "pc-1", Verdict.DOWN, "Uni Mail"),
        look("alma-saml", "server", Verdict.DOWN, since=SINCE),
        look("alma-saml", "pc-2", Verdict.UP, "Uni CMU"),
        look("switch", "server", Verdict.SLOW, since=SINCE),
        look("tickets", "server", Verdict.UNKNOWN),
    ]
    made = call_text(looks, CHECKED, at=AT, targets=("tickets", "switch", "alma-saml"))
    assert made == CallText(
        at=AT,
        failures=(Failure(looks[1].outcome, SINCE, Seen.FAILS, Share(1, 2)),),
        others={WhoTested.SERVER: ("switch",), WhoTested.NOBODY: ("tickets",)},
        sites=("Uni Mail",),
        checked=CHECKED,
    )
    assert made.since == SINCE


def test_what_only_workstations_see_has_no_beginning() -> None:
    looks = [
        look("alma-saml", "server", Verdict.UP, since=SINCE),
        look("alma-saml", "pc-1", Verdict.DOWN),
    ]
    made = call_text(looks, (), at=AT)
    assert made.failures == (Failure(looks[1].outcome, None, Seen.ANSWERS, Share(1, 1)),)
    assert (made.since, made.sites, made.others) == (None, (), {})


def test_nothing_known_is_nothing_said() -> None:
    nothing = call_text([], (), at=AT, targets=("switch",))
    assert nothing == CallText(AT, (), {WhoTested.NOBODY: ("switch",)}, (), ())
    assert nothing.is_empty
    assert not call_text([], CHECKED, at=AT).is_empty

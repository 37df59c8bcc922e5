"""The history place shows what the chronicle holds, in the paper's order, with the loans made."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from dashboard.state.house import House
from dashboard.state.past import Past, PastOutage
from procedure.circulation import Loan
from procedure.monitoring import Cause, Outcome, Verdict
from procedure.outages import Availability, Outage
from tests.dashboard.conftest import Clock

MINUTE = timedelta(minutes=1)


def seen(house: House, minutes_ago: float, verdict: Verdict, cause: Cause | None = None) -> Outcome:
    at = house.now() - timedelta(minutes=minutes_ago)
    return Outcome("alma-saml", "https://example.org", "server", at, verdict, cause)


def test_before_the_first_look_nothing_is_shown(house: House) -> None:
    past = Past(house=house)
    assert (past.loaded, past.lanes, past.outages) == (False, (), ())


def test_an_outage_is_shown_with_the_loans_made_while_it_lasted(house: House, clock: Clock) -> None:
    down = [seen(house, minute, Verdict.DOWN, Cause.TIMEOUT) for minute in range(30, 10, -1)]
    up = [seen(house, minute, Verdict.UP) for minute in range(10, 0, -1)]
    loan = Loan(UUID(int=1), clock() - 20 * MINUTE, "MAIL", "2064418305", "1060348821")
    house.journal.append(loan)
    house.refold()
    house.chronicle.renew([*down, *up], clock())
    past = Past(house=house)
    start, end = clock() - 30 * MINUTE, clock() - 10 * MINUTE
    assert past.outages == (PastOutage(Outage("alma-saml", start, end, Cause.TIMEOUT), 1),)
    lane = next(one for one in past.lanes if one.target == "alma-saml")
    assert lane.day == Availability(
        up=10 * MINUTE, down=20 * MINUTE, unread=timedelta(days=1) - 30 * MINUTE
    )


def test_the_lanes_follow_the_paper_and_the_span(house: House, clock: Clock) -> None:
    house.chronicle.renew([seen(house, 1, Verdict.UP)], clock())
    past = Past(house=house)
    assert [lane.target for lane in past.lanes] == list(house.handbook.targets)
    past.span = "week"
    assert past.lanes[0].states[0].start == clock() - timedelta(days=7)


def test_a_later_look_shows_what_came_since(house: House, clock: Clock) -> None:
    house.chronicle.renew([seen(house, 1, Verdict.UP)], clock())
    past = Past(house=house)
    first = past.now
    clock.pass_by(minutes=2)
    past.refresh()
    assert past.now == first
    house.chronicle.renew([seen(house, 0.5, Verdict.DOWN, Cause.RESET)], clock())
    past.refresh()
    assert past.now == clock()
    assert [one.outage.cause for one in past.outages] == [Cause.RESET]

"""The history place shows what the chronicle holds, in the paper's order, with the loans made."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from dashboard.state.house import House
from dashboard.state.past import Past, PastOutage, Work
from procedure.circulation import Loan
from procedure.feeds.word import Word
from procedure.monitoring import Cause, Outcome, Verdict
from procedure.outages import Availability, Outage
from procedure.readings import OfficialSaid
from procedure.windows import WindowPlanned
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
    assert past.outages == (PastOutage(Outage("alma-saml", start, end, Cause.TIMEOUT), 1, True),)
    lane = next(one for one in past.lanes if one.target == "alma-saml")
    assert lane.day == Availability(
        up=10 * MINUTE, down=20 * MINUTE, unread=timedelta(days=1) - 30 * MINUTE
    )


def test_an_attempt_that_its_retry_did_not_bear_out_is_no_outage(
    house: House, clock: Clock
) -> None:
    verdicts = [Verdict.UP, Verdict.DOWN, Verdict.UP, Verdict.DOWN]
    minutes = [3, 2, 1.75, 1]
    outcomes = [seen(house, ago, one) for ago, one in zip(minutes, verdicts, strict=True)]
    house.chronicle.renew(outcomes, clock())
    past = Past(house=house)
    assert [one.outage.start for one in past.outages] == [clock() - MINUTE]


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


def both(house: House, minutes_ago: float, verdict: Verdict) -> list[Outcome]:
    one = seen(house, minutes_ago, verdict, Cause.TIMEOUT if verdict is Verdict.DOWN else None)
    return [one, replace(one, target="alma-secours")]


def test_alma_is_one_service_whose_outage_the_pages_announced(house: House, clock: Clock) -> None:
    told = [
        OfficialSaid(UUID(int=1), clock() - 15 * MINUTE, "exlibris-status", Word.INCIDENT),
        OfficialSaid(UUID(int=2), clock() - 5 * MINUTE, "exlibris-status", Word.OK),
    ]
    house.journal.append(*told)
    house.refold()
    outcomes = [
        one
        for minute in range(30, 0, -1)
        for one in both(house, minute, Verdict.DOWN if minute > 10 else Verdict.UP)
    ]
    house.chronicle.renew(outcomes, clock())
    past = Past(house=house)
    start, end = clock() - 30 * MINUTE, clock() - 10 * MINUTE
    outage = Outage(
        *("A4", start, end, Cause.TIMEOUT),
        official_start=clock() - 15 * MINUTE,
        official_end=clock() - 5 * MINUTE,
    )
    assert past.outages == (PastOutage(outage, 0, True),)
    assert [one.target for one in past.services] == ["A4"]
    assert past.services[0].day.down == 20 * MINUTE
    assert past.services[0].unplanned is None


def test_announced_work_is_left_out_of_the_availability_without_it(
    house: House, clock: Clock
) -> None:
    window = WindowPlanned(
        UUID(int=1), clock(), "alma-saml", clock() - 31 * MINUTE, clock() - 10 * MINUTE
    )
    house.journal.append(window)
    house.refold()
    outcomes = [
        one
        for minute in range(30, 0, -1)
        for one in both(house, minute, Verdict.DOWN if minute > 10 else Verdict.UP)
    ]
    house.chronicle.renew(outcomes, clock())
    past = Past(house=house)
    (alma,) = past.services
    assert (alma.week.ratio, alma.unplanned.ratio) == (pytest.approx(1 / 3), 1.0)
    assert [one.outage.planned for one in past.outages] == [True]
    assert past.lanes[0].unplanned is None


def test_announced_work_of_the_week_is_marked_on_every_way_into_alma(
    house: House, clock: Clock
) -> None:
    start, end = clock() - timedelta(days=8), clock() - timedelta(days=6)
    later = clock() + timedelta(hours=2)
    house.journal.append(
        WindowPlanned(UUID(int=1), start, "alma-saml", start, end),
        WindowPlanned(UUID(int=2), start, "alma-saml", later, later + MINUTE),
    )
    house.refold()
    house.chronicle.renew([seen(house, 1, Verdict.UP)], clock())
    week = clock() - timedelta(days=7)
    assert Past(house=house).work == (
        Work("alma-saml", week, end),
        Work("alma-secours", week, end),
    )

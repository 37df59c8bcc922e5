"""The history has a span's outages with their loans, and lanes in the handbook's order."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from dashboard.core.context import AppContext
from dashboard.history.history_state import HistoryState, PastOutage, Work
from procedure.monitoring.downtime import Availability, Downtime
from procedure.monitoring.model import FailureCause, Outcome, Status
from procedure.outages.figures import AvailabilityFigures
from procedure.outages.ninety_days import ResponseTime, read_ninety_days
from procedure.status_pages.reading_validity import PageStatusChanged
from procedure.status_pages.status import PageStatus
from tests.support import make
from tests.support.clock import Clock

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def seen(
    context: AppContext, minutes_ago: float, status: Status, cause: FailureCause | None = None
) -> Outcome:
    at = context.clock.now() - timedelta(minutes=minutes_ago)
    return Outcome("alma-saml", "https://example.org", "server", at, status, cause)


def test_history_before_the_first_reading_is_empty(context: AppContext) -> None:
    history = HistoryState(context=context)
    assert (history.loaded, history.rows, history.outages) == (False, (), ())


def test_history_outage_has_its_loans(context: AppContext, clock: Clock) -> None:
    down = [
        seen(context, minute, Status.DOWN, FailureCause.TIMEOUT) for minute in range(30, 10, -1)
    ]
    up = [seen(context, minute, Status.UP) for minute in range(10, 0, -1)]
    loan = make.loan(1, "1060348821", "2064418305", at=clock() - 20 * MINUTE)
    context.store.journal.append(loan)
    context.folds.update()
    context.watches.recent.states.update([*down, *up], clock())
    history = HistoryState(context=context)
    start, end = clock() - 30 * MINUTE, clock() - 10 * MINUTE
    assert history.outages == (
        PastOutage(Downtime("alma-saml", start, end, FailureCause.TIMEOUT), 1, True),
    )
    lane = next(row for row in history.rows if row.target == "alma-saml")
    assert lane.availability["day"] == AvailabilityFigures(
        Availability(up=10 * MINUTE, down=20 * MINUTE, unread=timedelta(days=1) - 30 * MINUTE)
    )


def test_history_lanes_follow_handbook_and_span(context: AppContext, clock: Clock) -> None:
    context.watches.recent.states.update([seen(context, 1, Status.UP)], clock())
    history = HistoryState(context=context)
    assert [lane.target for lane in history.rows] == list(context.handbook.current.targets)
    history.span = "week"
    assert history.rows[0].states[0].start == clock() - timedelta(days=7)


def test_history_refresh_adds_what_is_new(context: AppContext, clock: Clock) -> None:
    context.watches.recent.states.update([seen(context, 1, Status.UP)], clock())
    history = HistoryState(context=context)
    first = history.now
    clock.pass_by(minutes=2)
    history.updates.refresh()
    assert history.now == first
    context.watches.recent.states.update(
        [seen(context, 0.5, Status.DOWN, FailureCause.RESET)], clock()
    )
    history.updates.refresh()
    assert history.now == clock()
    assert [outage.outage.cause for outage in history.outages] == [FailureCause.RESET]


def both(context: AppContext, minutes_ago: float, status: Status) -> list[Outcome]:
    one = seen(
        context, minutes_ago, status, FailureCause.TIMEOUT if status is Status.DOWN else None
    )
    return [one, replace(one, target="alma-secours")]


def test_history_alma_is_one_service_with_announced_outages(
    context: AppContext, clock: Clock
) -> None:
    statuses = [
        PageStatusChanged(
            UUID(int=1), clock() - 15 * MINUTE, "exlibris-status", PageStatus.INCIDENT
        ),
        PageStatusChanged(UUID(int=2), clock() - 5 * MINUTE, "exlibris-status", PageStatus.OK),
    ]
    context.store.journal.append(*statuses)
    context.folds.update()
    outcomes = [
        outcome
        for minute in range(30, 0, -1)
        for outcome in both(context, minute, Status.DOWN if minute > 10 else Status.UP)
    ]
    context.watches.recent.states.update(outcomes, clock())
    history = HistoryState(context=context)
    start, end = clock() - 30 * MINUTE, clock() - 10 * MINUTE
    outage = Downtime(
        target="A4",
        start=start,
        end=end,
        cause=FailureCause.TIMEOUT,
        official_start=clock() - 15 * MINUTE,
        incident=True,
        official_end=clock() - 5 * MINUTE,
        official_page="exlibris-status",
    )
    assert history.outages == (PastOutage(outage, 0, True, page_words=(statuses[0],)),)
    assert [service.target for service in history.services] == ["A4"]
    assert history.services[0].availability["day"].whole.down == 20 * MINUTE
    assert history.services[0].availability["day"].unplanned is None


def test_history_planned_work_is_marked_on_every_link_to_alma(
    context: AppContext, clock: Clock
) -> None:
    start, end = clock() - timedelta(days=8), clock() - timedelta(days=6)
    later = clock() + timedelta(hours=2)
    context.store.journal.append(
        make.planned(1, start, end, at=start),
        make.planned(2, later, later + MINUTE, at=start),
    )
    context.folds.update()
    context.watches.recent.states.update([seen(context, 1, Status.UP)], clock())
    week = clock() - timedelta(days=7)
    assert HistoryState(context=context, span="week").work == (
        Work("alma-saml", week, end),
        Work("alma-secours", week, end),
    )


def remember(context: AppContext, *outcomes: Outcome) -> None:
    """Record outcomes in the history and the recent states, as the watch does."""
    context.store.history.record(outcomes)
    context.watches.recent.states.update(
        [outcome for outcome in outcomes if context.clock.now() - outcome.at < WEEK],
        context.clock.now(),
    )


def read(context: AppContext) -> None:
    announced = context.folds.announcements.announcements()
    context.watches.recent.ninety_days = read_ninety_days(
        context.store.history, context.handbook.current, announced, context.clock.now()
    )


WEEK, DAY = timedelta(days=7), 24 * 60
MONTH_AGO = 30 * DAY


def month_of_two(context: AppContext) -> list[Outcome]:
    """Return the outcomes of two downtimes: 20 min a month ago, and 10 min in the last hour."""
    spans = ((MONTH_AGO, MONTH_AGO - 20, MONTH_AGO - 30), (30, 20, 0))
    return [
        outcome
        for begun, over, last in spans
        for minute in range(begun, last, -1)
        for outcome in both(context, minute, Status.DOWN if minute > over else Status.UP)
    ]


def test_history_shows_ninety_days_once_they_are_read(context: AppContext, clock: Clock) -> None:
    remember(context, *month_of_two(context))
    history = HistoryState(context=context, span="quarter")
    assert (history.loaded, history.outages, history.rows[0].states) == (False, (), ())
    assert list(history.rows[0].availability) == ["day", "week"]
    read(context)
    history.updates.refresh()
    assert history.loaded
    month, half = clock() - MONTH_AGO * MINUTE, clock() - 30 * MINUTE
    assert [outage.outage for outage in history.outages] == [
        Downtime("A4", half, half + 10 * MINUTE, FailureCause.TIMEOUT),
        Downtime("A4", month, month + 20 * MINUTE, FailureCause.TIMEOUT),
    ]
    (alma,) = history.services
    assert alma.availability["quarter"].whole.down == 30 * MINUTE
    assert history.first_read == month


def test_history_ninety_days_include_downtime_begun_since(
    context: AppContext, clock: Clock
) -> None:
    remember(context, *month_of_two(context))
    read(context)
    clock.pass_by(minutes=3)
    context.watches.recent.states.update(both(context, 1, Status.DOWN), clock())
    history = HistoryState(context=context, span="quarter")
    assert [outage.outage.end is None for outage in history.outages] == [True, False, False]


def test_history_ninety_days_have_latency(context: AppContext) -> None:
    answers = [replace(seen(context, 60 + n, Status.UP), latency_ms=float(n)) for n in range(1, 21)]
    remember(context, *month_of_two(context), *answers)
    read(context)
    history = HistoryState(context=context)
    assert history.ninety_days is not None
    assert history.ninety_days.responses["alma-saml"] == ResponseTime(19.0, 20)


def test_history_ninety_days_leave_out_past_planned_work(context: AppContext, clock: Clock) -> None:
    start = clock() - (MONTH_AGO + 1) * MINUTE
    end = start + 30 * MINUTE
    context.store.journal.append(make.planned(1, start, end, at=clock()))
    context.folds.update()
    remember(context, *month_of_two(context))
    read(context)
    history = HistoryState(context=context, span="quarter")
    sums = history.services[0].availability
    assert (sums["week"].unplanned, sums["quarter"].unplanned.down) == (None, 10 * MINUTE)
    assert [outage.outage.planned for outage in history.outages] == [False, True]
    assert {(work.start, work.end) for work in history.work} == {(start, end)}


def test_history_address_and_span_follow_each_other(context: AppContext) -> None:
    context.watches.recent.states.update([seen(context, 1, Status.UP)], context.clock.now())
    history = HistoryState(context=context)
    history.apply_address("page=history&span=week")
    assert (history.span, history.address) == ("week", "span=week")
    history.span = "quarter"
    assert history.address == "span=quarter"
    # In an earlier version, a URL could have a range of times.
    for query in ("page=history", "span=range", "from=2026-11-20T00%3A00&to=2026-11-22T00%3A00"):
        history.span = "week"
        history.apply_address(query)
        assert (history.span, history.address) == ("day", "")

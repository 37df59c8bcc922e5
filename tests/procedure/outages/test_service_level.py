"""The service level: promised time, and announced, observed and disputed downtime."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from procedure.monitoring.contract import Contract
from procedure.monitoring.downtime import StatusInterval
from procedure.monitoring.model import Status
from procedure.monitoring.service_states import Service
from procedure.outages.announcements import Announcement
from procedure.outages.figures import ObservedPast
from procedure.outages.service_level import DisputeReason, months, service_level
from procedure.time_spans import Span

HOUR = timedelta(hours=1)
# October and November in Geneva.
SINCE, UNTIL = datetime(2026, 9, 30, 22, tzinfo=UTC), datetime(2026, 11, 30, 23, tzinfo=UTC)
SERVICE = Service("A4", ("saml", "rescue"), announced=True)
PAGE = "vendor"
CONTRACT = Contract("A4", 99.5, (PAGE,), notice_days=7)


def at(month: int, day: int, hour: float) -> datetime:
    return datetime(2026, month, day, tzinfo=UTC) + hour * HOUR


def lane(key: str, down: Sequence[Span], unread: Sequence[Span] = ()) -> list[StatusInterval]:
    """Return the states of a target: down or unread in these spans, and up otherwise."""
    states: list[StatusInterval] = []
    begun = SINCE
    cut = sorted([*((span, Status.DOWN) for span in down), *((span, None) for span in unread)])
    for (start, end), status in cut:
        states += [StatusInterval(key, begun, start, Status.UP)]
        states += [StatusInterval(key, start, end, status)]
        begun = end
    return [*states, StatusInterval(key, begun, UNTIL, Status.UP)]


def past(
    announced: Sequence[Announcement], down: Sequence[Span], unread: Sequence[Span] = ()
) -> ObservedPast:
    lanes = {key: lane(key, down, unread) for key in SERVICE.targets}
    return ObservedPast.of_targets(lanes, announced, (SERVICE,), since=SINCE, until=UNTIL)


def test_lost_time_is_when_no_address_answers() -> None:
    lanes = {
        "saml": lane("saml", [(at(10, 5, 8), at(10, 5, 12))]),
        "rescue": lane("rescue", [(at(10, 5, 10), at(10, 5, 14))]),
    }
    seen = ObservedPast.of_targets(lanes, (), (SERVICE,), since=SINCE, until=UNTIL)
    whole = service_level(seen, CONTRACT).whole
    assert (whole.observed, whole.disputed) == (2 * HOUR, 2 * HOUR)


def test_disputed_time_was_lost_and_not_announced() -> None:
    down = [
        (at(10, 5, 8), at(10, 5, 12)),  # announced
        (at(10, 20, 8), at(10, 20, 12)),  # announced as over after an hour
        (at(11, 3, 8), at(11, 3, 9)),  # never announced
        (at(11, 10, 8), at(11, 10, 9)),  # announced by another page
        (at(11, 12, 8), at(11, 12, 11)),  # planned work announced less than seven days ahead
        (at(11, 20, 8), at(11, 20, 11)),  # planned work announced a month ahead
    ]
    announced = [
        Announcement(PAGE, at(10, 5, 8), at(10, 5, 13)),
        Announcement(PAGE, at(10, 20, 8), at(10, 20, 9)),
        Announcement("library", at(11, 10, 8), at(11, 10, 9)),
        Announcement("saml", *down[4], planned=True, by_person=True, known_since=at(11, 12, 7)),
        Announcement("saml", *down[5], planned=True, by_person=True, known_since=at(10, 20, 8)),
    ]
    level = service_level(past(announced, down, unread=[(at(11, 25, 0), at(11, 25, 5))]), CONTRACT)
    whole = level.whole
    assert (whole.counted, whole.excluded) == (UNTIL - SINCE - 3 * HOUR, 3 * HOUR)
    assert (whole.announced, whole.observed, whole.disputed) == (6 * HOUR, 13 * HOUR, 8 * HOUR)
    assert whole.unread == 5 * HOUR
    assert [
        (dispute.outage.start, dispute.observed, dispute.disputed, dispute.reason)
        for dispute in level.disputed
    ] == [
        (down[1][0], 4 * HOUR, 3 * HOUR, DisputeReason.ANNOUNCED_SHORTER),
        (down[2][0], HOUR, HOUR, DisputeReason.NEVER_ANNOUNCED),
        (down[3][0], HOUR, HOUR, DisputeReason.NEVER_ANNOUNCED),
        (down[4][0], 3 * HOUR, 3 * HOUR, DisputeReason.PLANNED_LATE),
    ]
    assert [downtime.start for downtime in level.agreed] == [down[0][0]]
    assert [(month.observed, month.disputed, month.announced) for month in level.months] == [
        (8 * HOUR, 3 * HOUR, 6 * HOUR),
        (5 * HOUR, 5 * HOUR, 0 * HOUR),
    ]


def test_allowed_downtime_is_a_share_of_the_counted_time() -> None:
    whole = service_level(past([], [(at(10, 5, 8), at(10, 5, 16))]), CONTRACT).whole
    assert whole.allowed(CONTRACT) == whole.counted / 200
    assert whole.excess(CONTRACT) == 8 * HOUR - whole.counted / 200
    assert whole.works(whole.observed) == 1 - 8 * HOUR / whole.counted
    unpromised = Contract("A4")
    assert (whole.allowed(unpromised), whole.excess(unpromised)) == (None, 0 * HOUR)
    by_day = Contract("A4", 99.5, opens="06:00", closes="08:00")
    whole = service_level(past([], [(at(11, 5, 6), at(11, 5, 16))]), by_day).whole
    assert (whole.observed, whole.counted) == (HOUR, 61 * 2 * HOUR)


def test_months_are_local_and_cut_to_the_span() -> None:
    assert list(months(at(12, 30, 12), datetime(2027, 2, 2, tzinfo=UTC))) == [
        (at(12, 30, 12), at(12, 31, 23)),
        (at(12, 31, 23), datetime(2027, 1, 31, 23, tzinfo=UTC)),
        (datetime(2027, 1, 31, 23, tzinfo=UTC), datetime(2027, 2, 2, tzinfo=UTC)),
    ]
    assert list(months(SINCE, UNTIL)) == [(SINCE, at(10, 31, 23)), (at(10, 31, 23), UNTIL)]

"""No alert is due twice, and an end is announced only if the start was."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, strategies as st

from procedure.journal import Recorded
from procedure.outages.alert_settings import AlertKind, AlertRules
from procedure.outages.due_alerts import AlertLog, AlertNews, AlertSent, Concern, due_alerts
from tests.support import make

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)  # 12:00 in Geneva
ALMA = Concern(AlertKind.SERVICE, "A4", lasts=True, since=NOON)
WELL = Concern(AlertKind.SERVICE, "A4", lasts=False)
UNKNOWN = Concern(AlertKind.SERVICE, "A4", lasts=None)
WORK = Concern(AlertKind.PLANNED, "2026-11-25T01:00", lasts=True, since=NOON)
OFTEN = AlertRules(remind_after=timedelta(minutes=30))


def sent(concern: Concern, news: AlertNews, at: datetime = NOON) -> AlertSent:
    return AlertSent(uuid4(), at, concern.key, news)


def opened(*alerts: AlertSent) -> AlertLog:
    log = AlertLog()
    log.extend(Recorded(place, alert.at, alert) for place, alert in enumerate(alerts))
    return log


def due(
    concerns: Sequence[Concern],
    *alerts: AlertSent,
    rules: AlertRules = OFTEN,
    after: timedelta = timedelta(0),
) -> list[tuple[Concern, AlertNews]]:
    return list(due_alerts(concerns, opened(*alerts).open, rules, NOON + after))


def test_due_reports_a_beginning_once() -> None:
    begun = sent(ALMA, AlertNews.BEGINS)
    assert due([ALMA, WORK]) == [(ALMA, AlertNews.BEGINS), (WORK, AlertNews.BEGINS)]
    assert due([ALMA], begun, after=timedelta(minutes=29)) == []


def test_due_reminders_count_from_the_newest_alert() -> None:
    begun = sent(ALMA, AlertNews.BEGINS)
    reminded = sent(ALMA, AlertNews.LASTS, NOON + timedelta(minutes=30))
    assert due([ALMA], begun, after=timedelta(minutes=30)) == [(ALMA, AlertNews.LASTS)]
    assert due([ALMA], begun, reminded, after=timedelta(minutes=59)) == []
    assert due([ALMA], begun, rules=AlertRules(), after=timedelta(days=1)) == []


def test_due_reports_planned_work_once_and_without_an_end() -> None:
    begun = sent(WORK, AlertNews.BEGINS)
    assert due([WORK], begun, after=timedelta(days=1)) == []
    assert due([], begun, after=timedelta(days=1)) == []


def test_due_reports_an_end_only_after_a_reported_beginning() -> None:
    begun = sent(ALMA, AlertNews.BEGINS)
    assert due([WELL], begun) == [(WELL, AlertNews.OVER)]
    assert due([WELL]) == []
    assert due([WELL], begun, sent(WELL, AlertNews.OVER)) == []


def test_due_reports_nothing_while_the_state_is_unknown() -> None:
    assert due([UNKNOWN], sent(ALMA, AlertNews.BEGINS), after=timedelta(hours=1)) == []
    assert due([UNKNOWN]) == []


@pytest.mark.parametrize(
    ("quiet", "hour", "expected"),
    [
        ((time(22), time(7)), 23, True),
        ((time(22), time(7)), 6, True),
        ((time(22), time(7)), 7, False),
        ((time(22), time(7)), 12, False),
        ((time(12), time(14)), 12, True),
        ((time(12), time(14)), 14, False),
        (None, 3, False),
    ],
)
def test_is_quiet(quiet: tuple[time, time] | None, hour: int, *, expected: bool) -> None:
    local_hour = NOON.replace(hour=hour) - timedelta(hours=1)
    assert AlertRules(quiet).is_quiet(local_hour) is expected


def test_due_quiet_hours_delay_beginning_and_end() -> None:
    quiet = AlertRules((time(12), time(14)))
    begun = sent(ALMA, AlertNews.BEGINS)
    for concerns, alerts in (([ALMA], ()), ([WELL], (begun,))):
        assert due(concerns, *alerts, rules=quiet) == []
    late = timedelta(hours=2)
    assert due([ALMA], rules=quiet, after=late) == [(ALMA, AlertNews.BEGINS)]
    assert due([WELL], begun, rules=quiet, after=late) == [(WELL, AlertNews.OVER)]


@given(st.lists(st.tuples(st.sampled_from((ALMA, WELL, UNKNOWN)), st.booleans()), max_size=40))
def test_due_beginnings_and_ends_alternate(
    looks: list[tuple[Concern, bool]],
) -> None:
    """Starts and ends alternate, whatever is read and whichever deliveries fail."""
    log, delivered = AlertLog(), list[AlertNews]()
    for minute, (concern, arrives) in enumerate(looks):
        now = NOON + timedelta(minutes=minute)
        for due_now, news in due_alerts([concern], log.open, OFTEN, now):
            if arrives:
                delivered.append(news)
                log.extend([Recorded(minute, now, sent(due_now, news, now))])
    turns = [news for news in delivered if news is not AlertNews.LASTS]
    expected = [AlertNews.BEGINS, AlertNews.OVER] * len(turns)
    assert turns == expected[: len(turns)]


def test_declaration_replaces_the_suspicion() -> None:
    suspicion = Concern(AlertKind.SUSPECTED, "", lasts=True, since=NOON)
    begun, outage = sent(suspicion, AlertNews.BEGINS), uuid4()
    declared = make.outage(outage, at=NOON)
    for entries in ((begun, declared), (declared, begun)):
        log = AlertLog()
        log.extend(Recorded(place, entry.at, entry) for place, entry in enumerate(entries))
        assert log.open == {}
        again = sent(suspicion, AlertNews.BEGINS)
        log.extend([Recorded(2, NOON, make.ended(9, outage)), Recorded(3, NOON, again)])
        assert log.open == {"suspected/": again}


def test_alert_kinds_keep_their_stored_names() -> None:
    assert list(AlertKind) == [
        "service",
        "suspected",
        "planned",
        "declared",
        "message",
        "overdue",
        "ended",
        "loans",
        "signed",
        "public",
    ]

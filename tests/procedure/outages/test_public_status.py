"""What the public reads of the declared outages, and what it never does."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from procedure.circulation.scan_rules import ScanRules
from procedure.io.handbook_files import load_handbook
from procedure.outages.declared_outage import (
    OutageLog,
)
from procedure.outages.public_status import (
    PublicMessage,
    PublicOutage,
    public_days,
    public_outages,
)
from procedure.records.sources import PACKAGED_HANDBOOK
from tests.support import make
from tests.support.memory import recorded

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ENDED, STANDS = UUID(int=1), UUID(int=2)
BY = {"workstation": "MAIL-1", "operator": "mb"}
ENTRIES = (
    make.outage(ENDED, "Work", at=AT - 2 * DAY, begun=AT - 2 * DAY, planned=True, **BY),
    make.ended(3, ENDED, at=AT - DAY, ended=AT - DAY - HOUR, **BY),
    make.outage(STANDS, "Alma, card 2060000017", at=AT - HOUR, suspected="alma", **BY),
    make.news(4, STANDS, "Lend\x00 in\nRelais.", at=AT, next_news=AT + HOUR, **BY),
    make.note(5, STANDS, "Mrs. Rey called.", at=AT, **BY),
    make.news(6, STANDS, "", at=AT + HOUR, lending=False, **BY),
    make.news(7, STANDS, "Still out.", at=AT + HOUR, next_news=AT + 2 * HOUR, **BY),
)


@pytest.fixture(scope="module")
def rules() -> ScanRules:
    return load_handbook(PACKAGED_HANDBOOK).scans


def public(rules: ScanRules, now: datetime) -> tuple[PublicOutage, ...]:
    log = OutageLog()
    log.extend(recorded(*ENTRIES))
    return public_outages(log.records(), rules, now)


def test_public_has_titles_times_and_messages_only(rules: ScanRules) -> None:
    lasting = PublicOutage(
        STANDS,
        "Alma, card […]",
        planned=False,
        begun=AT - HOUR,
        ended=None,
        next_news=AT + 2 * HOUR,
        messages=(
            PublicMessage(UUID(int=7), AT + HOUR, "Still out."),
            PublicMessage(UUID(int=4), AT, "Lend in Relais."),
        ),
    )
    over = PublicOutage(ENDED, "Work", True, AT - 2 * DAY, AT - DAY - HOUR, None, ())
    assert public(rules, AT + HOUR) == (lasting, over)


def test_public_keeps_an_ended_outage_for_thirty_days(rules: ScanRules) -> None:
    assert [one.id for one in public(rules, AT + 28 * DAY)] == [STANDS, ENDED]
    assert [one.id for one in public(rules, AT + 29 * DAY)] == [STANDS]


def test_public_days_are_thirty_with_the_worst_that_was_declared(rules: ScanRules) -> None:
    now = AT + HOUR
    outages = public(rules, now)
    days = public_days(outages, now)
    assert (len(days), next(iter(days)), next(reversed(days))) == (
        30,
        date(2026, 10, 26),
        date(2026, 11, 24),
    )
    declared = {day.day: state for day, state in days.items() if state != "up"}
    assert declared == {22: "planned", 23: "planned", 24: "down"}
    both = replace(outages[1], planned=False, begun=outages[0].begun, ended=None)
    worst = public_days([both, replace(outages[0], planned=True)], now)
    assert worst[date(2026, 11, 24)] == "down"


def test_public_outage_lends_while_the_lending_step_is_in_force(rules: ScanRules) -> None:
    log = OutageLog()
    log.extend(recorded(*ENTRIES[:4]))
    assert [one.lending for one in public_outages(log.records(), rules, AT)] == [True, False]

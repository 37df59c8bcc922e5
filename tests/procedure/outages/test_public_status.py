"""The public page shows only what was published about declared outages."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from procedure.circulation.scan_rules import ScanRules
from procedure.io.handbook_files import load_handbook
from procedure.outages.outage_entries import (
    OutageLog,
)
from procedure.outages.public_entries import PublicLog, PublicState, in_language
from procedure.outages.public_status import (
    PublicMessage,
    PublicOutage,
    PublicPage,
    public_days,
    public_page,
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


def page(rules: ScanRules, now: datetime, *entries: object) -> PublicPage:
    log, published = OutageLog(), PublicLog()
    for fold in (log, published):
        fold.extend(recorded(*entries))
    return public_page(log.records(), published, rules, now)


def public(rules: ScanRules, now: datetime) -> tuple[PublicOutage, ...]:
    return page(rules, now, *ENTRIES).outages


def test_public_page_has_only_titles_times_and_messages(rules: ScanRules) -> None:
    lasting = PublicOutage(
        STANDS,
        {"": "Alma, card […]"},
        PublicState.DOWN,
        begun=AT - HOUR,
        ended=None,
        next_news=AT + 2 * HOUR,
        messages=(
            PublicMessage(UUID(int=7), AT + HOUR, {"": "Still out."}),
            PublicMessage(UUID(int=4), AT, {"": "Lend in Relais."}),
        ),
        worst=PublicState.DOWN,
    )
    over = PublicOutage(
        ENDED, {"": "Work"}, PublicState.PLANNED, AT - 2 * DAY, AT - DAY - HOUR, None, ()
    )
    assert public(rules, AT + HOUR) == (lasting, over)


def test_public_page_keeps_an_ended_outage_for_thirty_days(rules: ScanRules) -> None:
    assert [outage.id for outage in public(rules, AT + 28 * DAY)] == [STANDS, ENDED]
    assert [outage.id for outage in public(rules, AT + 29 * DAY)] == [STANDS]


def test_public_days_have_the_worst_declared_state_of_thirty_days(rules: ScanRules) -> None:
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
    both = replace(outages[1], worst=PublicState.DOWN, begun=outages[0].begun, ended=None)
    worst = public_days([both, replace(outages[0], worst=PublicState.PLANNED)], now)
    assert worst[date(2026, 11, 24)] == "down"


def test_public_outage_of_an_earlier_version_lends_while_c1_is_in_force(
    rules: ScanRules,
) -> None:
    outages = page(rules, AT, *ENTRIES[:4]).outages
    assert [outage.lending for outage in outages] == [True, False]


def test_nothing_is_public_without_being_published(rules: ScanRules) -> None:
    declared = make.outage(STANDS, "Alma", at=AT, begun=AT, internal=True)
    said = make.news(4, STANDS, "Lend here.", at=AT, lending=True, internal=True)
    assert page(rules, AT, declared, said) == PublicPage()
    titles, texts = {"fr": "Panne", "en": "Outage"}, {"fr": "Carte 2060000017"}
    published = make.statement(5, STANDS, titles, texts, at=AT + HOUR, next_news=AT + 2 * HOUR)
    (outage,) = page(rules, AT + HOUR, declared, said, published).outages
    assert outage == PublicOutage(
        STANDS,
        titles,
        PublicState.DOWN,
        begun=AT,
        ended=None,
        next_news=AT + 2 * HOUR,
        messages=(PublicMessage(UUID(int=5), AT + HOUR, {"fr": "Carte […]"}),),
        lending=False,
        worst=PublicState.DOWN,
    )
    assert not outage.is_overdue(AT + HOUR)
    assert outage.is_overdue(AT + 2 * HOUR)


def test_new_messages_stay_internal_in_an_outage_of_an_earlier_version(
    rules: ScanRules,
) -> None:
    later = make.news(8, STANDS, "For desks.", at=AT + HOUR, lending=False, internal=True)
    before, after = (page(rules, AT + HOUR, *ENTRIES[:4], *more).outages for more in ((), (later,)))
    assert before == after


def test_newest_statement_is_valid_until_it_is_withdrawn(rules: ScanRules) -> None:
    declared = make.outage(STANDS, "Alma", at=AT, begun=AT, internal=True)
    first = make.statement(5, STANDS, {"fr": "Panne"}, {"fr": "A"}, at=AT, lending=True)
    slow = make.statement(6, STANDS, {"fr": "Ralenti"}, at=AT + HOUR, state=PublicState.DEGRADED)
    (outage,) = page(rules, AT + HOUR, declared, first, slow).outages
    assert (outage.title, outage.state, outage.lending) == ({"fr": "Ralenti"}, "degraded", False)
    assert [message.text for message in outage.messages] == [{"fr": "A"}]
    assert outage.worst == "down"
    (outage,) = page(rules, AT + HOUR, declared, first, slow, make.withdrawn(7, 6)).outages
    assert (outage.title, outage.state, outage.lending) == ({"fr": "Panne"}, "down", True)


def test_planned_work_is_ahead_then_current_then_past(rules: ScanRules) -> None:
    span = {"state": PublicState.PLANNED, "start": AT + HOUR, "end": AT + 3 * HOUR}
    work = make.statement(5, None, {"fr": "Catalogue coupé"}, {"fr": "Boîte ouverte"}, **span)
    ahead = page(rules, AT, work)
    assert (ahead.outages, [planned.begun for planned in ahead.ahead]) == ((), [AT + HOUR])
    on = page(rules, AT + HOUR, work)
    assert ([outage.state for outage in on.current], on.ahead) == (["planned"], ())
    assert [outage.ended for outage in page(rules, AT + 3 * HOUR, work).past] == [AT + 3 * HOUR]


def test_in_language_falls_back_to_the_language_of_the_text() -> None:
    assert in_language({"fr": "Panne", "en": ""}, "en") == "Panne"
    assert in_language({}, "en") == ""

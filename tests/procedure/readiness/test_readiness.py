"""Readiness for an outage lists each topic that is missing or out of date."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from dashboard.settings import PACKAGED_HANDBOOK
from procedure.guide.steps import Contact
from procedure.handbook.model import Handbook
from procedure.io.handbook_files import load_handbook
from procedure.offline_lists.list_layout import Header, ListKind
from procedure.readiness.readiness import KeyState, LastTimes, ReadinessTopic, readiness
from procedure.readiness.workstation_check import WorkstationCheck

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
READY = WorkstationCheck(UUID(int=1), NOON, "prêt 1", "MAIL", "nothing", 0.2, NOON)
LISTS = (Header(ListKind.ITEMS, NOON - timedelta(hours=71), 1000),)
TIMES = LastTimes(NOON - timedelta(days=1), NOON - timedelta(days=30))
# The server's tasks are a topic only while one of them is failing.
ALWAYS = tuple(topic for topic in ReadinessTopic if topic is not ReadinessTopic.TASKS)


@pytest.fixture(scope="module")
def handbook() -> Handbook:
    """The packaged handbook with confirmed desks and reviewed contacts."""
    packaged = load_handbook(PACKAGED_HANDBOOK)
    desks = {key: replace(desk, confirmed=True) for key, desk in packaged.desks.items()}
    contacts = {
        key: replace(contact, owner="anna", reviewed=date(2026, 9, 1))
        for key, contact in packaged.contacts.items()
    }
    return replace(packaged, desks=desks, contacts=contacts)


def test_readiness_of_a_ready_library(handbook: Handbook) -> None:
    facts = readiness(handbook, [READY], TIMES, KeyState.ACCEPTED, NOON, lists=LISTS)
    assert (facts.topics, facts.missing) == (ALWAYS, ())
    assert facts.last_review == date(2026, 9, 1)


def test_readiness_of_an_unready_library() -> None:
    packaged = load_handbook(PACKAGED_HANDBOOK)
    check = replace(READY, lacks="https", skew_s=300.0, scanned_at=None)
    facts = readiness(packaged, [check], LastTimes(), KeyState.NONE, NOON, is_list_refused=True)
    assert facts.missing == ALWAYS
    assert facts.lacks_of(check) == ("https", "clock", "scanner")
    assert facts.without_https == ("prêt 1",)
    assert facts.last_review is None
    assert [contact.key for contact in facts.to_review] == list(packaged.contacts)


def test_readiness_of_a_library_without_alma_asks_for_no_key(handbook: Handbook) -> None:
    koha = replace(handbook, library=replace(handbook.library, system="Koha"))
    facts = readiness(koha, [READY], TIMES, KeyState.NONE, NOON, lists=LISTS)
    assert (set(ALWAYS) - set(facts.topics), facts.missing) == ({ReadinessTopic.ALMA_KEY}, ())


def test_readiness_reports_a_stale_list_as_missing(handbook: Handbook) -> None:
    facts = readiness(
        handbook, [READY], TIMES, KeyState.ACCEPTED, NOON + timedelta(hours=1), lists=LISTS
    )
    assert facts.missing == (ReadinessTopic.LISTS,)
    assert [silent.kind for silent in facts.silent_lists] == [ListKind.ITEMS]


def test_readiness_without_workstations(handbook: Handbook) -> None:
    facts = readiness(handbook, [], TIMES, KeyState.UNKNOWN, NOON)
    assert facts.topics == (
        ReadinessTopic.WORKSTATIONS,
        ReadinessTopic.BACKUP,
        ReadinessTopic.DRILL,
        ReadinessTopic.CONTACTS,
        ReadinessTopic.ALMA_KEY,
        ReadinessTopic.HANDBOOK,
    )
    assert facts.missing == (ReadinessTopic.WORKSTATIONS, ReadinessTopic.ALMA_KEY)


@pytest.mark.parametrize(
    ("later", "missing"),
    [
        (timedelta(days=5), ()),
        (timedelta(days=7), (ReadinessTopic.BACKUP,)),
        (timedelta(days=59), (ReadinessTopic.BACKUP,)),
        (
            timedelta(days=61),
            (ReadinessTopic.WORKSTATIONS, ReadinessTopic.BACKUP),
        ),  # the workstation counts as no longer in use
        (
            timedelta(days=154),
            (ReadinessTopic.WORKSTATIONS, ReadinessTopic.BACKUP, ReadinessTopic.DRILL),
        ),
        (
            timedelta(days=300),
            (
                ReadinessTopic.WORKSTATIONS,
                ReadinessTopic.BACKUP,
                ReadinessTopic.DRILL,
                ReadinessTopic.CONTACTS,
            ),
        ),
    ],
)
def test_readiness_at_the_limits(
    handbook: Handbook, later: timedelta, missing: tuple[ReadinessTopic, ...]
) -> None:
    facts = readiness(handbook, [READY], TIMES, KeyState.ACCEPTED, NOON + later)
    assert facts.missing == missing


def test_readiness_without_contacts(handbook: Handbook) -> None:
    facts = readiness(replace(handbook, contacts={}), [], TIMES, KeyState.NONE, NOON)
    assert (facts.to_review, facts.last_review) == ((), None)


def test_readiness_asks_to_review_a_contact_after_a_year(handbook: Handbook) -> None:
    contact = Contact("cad", reviewed=date(2025, 11, 24))
    facts = readiness(replace(handbook, contacts={"cad": contact}), [], TIMES, KeyState.NONE, NOON)
    assert facts.to_review == ()
    reviewed = replace(handbook, contacts={"cad": contact})
    later = readiness(reviewed, [], TIMES, KeyState.NONE, NOON + timedelta(days=1))
    assert later.to_review == (contact,)


def test_readiness_counts_an_unnamed_workstation_for_a_day_and_only_https(
    handbook: Handbook,
) -> None:
    check = replace(READY, workstation="poste-1a2b", lacks="https")
    facts = readiness(handbook, [check, READY], TIMES, KeyState.ACCEPTED, NOON)
    assert (facts.workstations, facts.unnamed) == ((READY,), (check,))
    assert (facts.missing, facts.without_https) == ((ReadinessTopic.HTTPS,), ("poste-1a2b",))
    later = readiness(handbook, [check], TIMES, KeyState.ACCEPTED, NOON + timedelta(days=1))
    assert (later.workstations, later.unnamed) == ((), ())


def test_readiness_names_tasks_that_fail(handbook: Handbook) -> None:
    facts = readiness(
        handbook, [READY], TIMES, KeyState.ACCEPTED, NOON, lists=LISTS, failing_tasks=("purge",)
    )
    assert (facts.topics, facts.missing) == (tuple(ReadinessTopic), (ReadinessTopic.TASKS,))

"""A contact card shows telephone numbers, opening hours, and whether somebody is there now."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.guide.contact_card import contact_card, weekdays, weekly_hours
from dashboard.guide.guide import Guide
from dashboard.monitoring.grid import ProbeGrid
from dashboard.translations import language
from procedure.opening_hours import OpeningHours, OtherHours

FRENCH, ENGLISH = language("fr"), language("en")
SATURDAY = datetime(2026, 11, 28, 11, 0, tzinfo=UTC)


@pytest.fixture
def guide(context: AppContext) -> Guide:
    session = Session(query="walk=A1.no-A2.yes&step=B1", workstation="poste-12")
    return Guide(context=context, session=session, grid=ProbeGrid(context=context))


@pytest.mark.parametrize(
    ("days", "text"),
    [
        ((1, 2, 3, 4, 5), "lun.–ven."),
        ((1, 2), "lun., mar."),
        ((1, 3, 5), "lun., mer., ven."),
        ((7,), "dim."),
        ((), ""),
    ],
)
def test_weekdays_in_a_row_are_joined(days: tuple[int, ...], text: str) -> None:
    assert weekdays(days, FRENCH) == text


def test_contact_card_has_numbers_and_days_of_the_paper_procedure(guide: Guide) -> None:
    shown = contact_card(guide, "codis", ENGLISH)
    assert [
        (telephone.shown, telephone.dialled, telephone.person, days)
        for telephone, days in shown.telephones
    ] == [
        ("97180", "+41223797180", "G. Segev", "Mon–Fri"),
        ("97294", "+41223797294", "F. Walther", "Mon–Fri"),
        ("97115", "+41223797115", "P. Iriarte", "Mon–Fri"),
    ]


def test_weekly_hours_name_each_span_with_its_days() -> None:
    """Monday to Thursday have the same hours; Friday and Saturday each have other hours."""
    friday, saturday = OtherHours((5,), "09:00", "16:00"), OtherHours((6,), "10:00", "13:00")
    hours = OpeningHours(
        weekdays=(1, 2, 3, 4), opens="09:00", closes="17:30", other_hours=(friday, saturday)
    )
    assert weekly_hours(hours, ENGLISH) == "Mon–Thu 09:00–17:30, Fri 09:00–16:00, Sat 10:00–13:00"
    assert weekly_hours(OpeningHours(weekdays=(1, 2)), FRENCH) == "lun., mar."
    assert weekly_hours(OpeningHours(), FRENCH) == ""


def test_contact_card_says_whether_somebody_is_there(guide: Guide, clock) -> None:
    card = contact_card(guide, "codis", FRENCH)
    assert (card.shape, card.presence) == ("up", "Joignable aujourd’hui.")
    clock.at = SATURDAY
    card = contact_card(guide, "codis", FRENCH)
    assert (card.shape, card.presence) == ("closed", "Joignable dès lundi 30 novembre.")


@pytest.mark.parametrize(
    ("hour", "day", "shape", "text"),
    [
        (11, 24, "up", "Joignable maintenant, jusqu’à 17:00."),
        (17, 24, "closed", "Joignable dès mercredi 25 novembre, 08:00."),
        (11, 27, "closed", "Joignable dès lundi 30 novembre, 08:00."),
    ],
)
def test_contact_card_has_hours_and_closures(
    context: AppContext, clock, hour: int, day: int, shape: str, text: str
) -> None:
    codis = replace(context.handbook.current.contacts["codis"], opens="08:00", closes="17:00")
    contacts = {**context.handbook.current.contacts, "codis": codis}
    context.handbook.current = replace(
        context.handbook.current, contacts=contacts, closures=frozenset({date(2026, 11, 27)})
    )
    clock.at = datetime(2026, 11, day, hour, tzinfo=UTC)
    guide = Guide(
        context=context, session=Session(query="step=B1"), grid=ProbeGrid(context=context)
    )
    card = contact_card(guide, "codis", FRENCH)
    assert (card.shape, card.presence) == (shape, text)


def test_contact_card_invents_no_hours(guide: Guide) -> None:
    card = contact_card(guide, "cad", FRENCH)
    assert (card.shape, card.presence) == ("unknown", "")
    assert card.words.when.startswith("Horaires peu clairs sur le papier")

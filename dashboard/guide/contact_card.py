"""Contacts: how to reach them, when, and what to report."""

from dataclasses import dataclass

from babel.dates import get_day_names

from dashboard.guide.guide import Guide
from dashboard.translations import Language
from procedure.guide.contact_hours import ContactAvailability, Presence
from procedure.guide.steps import Contact, Telephone
from procedure.handbook.model import ContactWords
from procedure.opening_hours import OpeningHours


@dataclass(frozen=True, slots=True)
class ContactCard:
    """A contact as shown: its texts, telephone numbers, hours and current availability."""

    words: ContactWords
    contact: Contact
    telephones: tuple[tuple[Telephone, str], ...]
    hours: str
    shape: str
    presence: str


def contact_card(guide: Guide, key: str, language: Language) -> ContactCard:
    contact = guide.handbook.contacts[key]
    shape, presence = _presence(guide, key, language)
    return ContactCard(
        words=guide.handbook.words[language.code].contacts[key],
        contact=contact,
        telephones=tuple(
            (telephone, weekdays(telephone.weekdays, language)) for telephone in contact.telephones
        ),
        hours=weekly_hours(contact, language),
        shape=shape,
        presence=presence,
    )


def weekly_hours(hours: OpeningHours, language: Language) -> str:
    """Return the weekly hours, for example `lun.–ven. 08:00–17:00`."""
    spans: dict[str, list[int]] = {}
    for day in hours.days:
        opens, closes = hours.hours_on(day)
        span = f"{opens}–{closes}" if opens else ""
        spans.setdefault(span, []).append(day)
    days = {span: weekdays(tuple(found), language) for span, found in spans.items()}
    return ", ".join(f"{named} {span}".rstrip() for span, named in days.items())


def weekdays(days: tuple[int, ...], language: Language) -> str:
    """Return the names of ISO weekdays (1 is Monday), as a range if they are 3 or more in a row."""
    names = get_day_names("abbreviated", locale=language.locale)
    labels = [str(names[day - 1]) for day in days]
    in_a_row = list(days) == list(range(days[0], days[-1] + 1)) if days else False
    return "–".join((labels[0], labels[-1])) if in_a_row and len(labels) > 2 else ", ".join(labels)


def _presence(guide: Guide, key: str, language: Language) -> tuple[str, str]:
    say, availability = language.say, guide.reachability(key)
    if availability.presence is Presence.UNKNOWN:
        return "unknown", ""  # the contact's own text explains this
    if availability.presence is Presence.CLOSED:
        return "closed", _next_opening(availability, language)
    if not availability.hours_given:
        return "up", say("Joignable aujourd’hui.")
    if availability.changes is None:
        return "up", say("Joignable maintenant.")
    clock = language.clock(availability.changes)
    return "up", say("Joignable maintenant, jusqu’à {clock}.", clock=clock)


def _next_opening(availability: ContactAvailability, language: Language) -> str:
    if availability.changes is None:
        return language.say("Personne n’y répond en ce moment.")
    day = language.day(availability.changes)
    if availability.hours_given:
        day = f"{day}, {language.clock(availability.changes)}"
    return language.say("Joignable dès {day}.", day=day)

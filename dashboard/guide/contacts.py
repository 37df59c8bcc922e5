"""Whom to call: how to reach them, whether anybody is there, and what to tell them."""

from __future__ import annotations

from dataclasses import dataclass

from babel.dates import get_day_names

from dashboard.guide.guide import Guide
from dashboard.translations import Language
from procedure.guide.opening_hours import ContactAvailability, Presence
from procedure.guide.steps import Contact, Telephone
from procedure.handbook.model import ContactWords


@dataclass(frozen=True, slots=True)
class ContactCard:
    """A contact as it is shown: its words, its numbers with their days, and who is there now."""

    words: ContactWords
    contact: Contact
    telephones: tuple[tuple[Telephone, str], ...]
    shape: str
    presence: str


def contact_card(guide: Guide, key: str, language: Language) -> ContactCard:
    """Describe a contact of the papers at this moment."""
    contact = guide.context.handbook.contacts[key]
    shape, presence = _presence(guide, key, language)
    return ContactCard(
        words=guide.context.handbook.words[language.code].contacts[key],
        contact=contact,
        telephones=tuple((one, weekdays(one.weekdays, language)) for one in contact.telephones),
        shape=shape,
        presence=presence,
    )


def weekdays(days: tuple[int, ...], language: Language) -> str:
    """Name ISO weekdays (1 is Monday): a row of them by its ends (lun.–ven.)."""
    names = get_day_names("abbreviated", locale=language.locale)
    said = [str(names[day - 1]) for day in days]
    in_a_row = list(days) == list(range(days[0], days[-1] + 1)) if days else False
    return "–".join((said[0], said[-1])) if in_a_row and len(said) > 2 else ", ".join(said)


def _presence(guide: Guide, key: str, language: Language) -> tuple[str, str]:
    say, found = language.say, guide.reachability(key)
    if found.presence is Presence.UNKNOWN:
        return "unknown", ""  # the words of the contact say so, once
    if found.presence is Presence.CLOSED:
        return "closed", _back(found, language)
    if not found.hours_given:
        return "up", say("Joignable aujourd’hui.")
    if found.changes is None:
        return "up", say("Joignable maintenant.")
    return "up", say("Joignable maintenant, jusqu’à {clock}.", clock=language.clock(found.changes))


def _back(found: ContactAvailability, language: Language) -> str:
    if found.changes is None:
        return language.say("Personne n’y répond en ce moment.")
    back = language.day(found.changes)
    if found.hours_given:
        back = f"{back}, {language.clock(found.changes)}"
    return language.say("Joignable dès {day}.", day=back)

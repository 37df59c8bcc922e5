"""Whom to call: how to reach them, whether anybody is there, and what to tell them."""

from __future__ import annotations

from dataclasses import dataclass

from babel.dates import get_day_names

from dashboard.state.guide import Guide
from dashboard.translations import Language
from dashboard.views.glance import glance
from procedure.handbook import ContactWords
from procedure.hours import Presence
from procedure.monitoring import Verdict
from procedure.steps import Contact, Telephone


@dataclass(frozen=True, slots=True)
class Card:
    """A contact as it is shown: its words, its numbers with their days, and who is there now."""

    words: ContactWords
    contact: Contact
    telephones: tuple[tuple[Telephone, str], ...]
    shape: str
    presence: str


def card(guide: Guide, key: str, language: Language) -> Card:
    """Describe a contact of the papers at this moment."""
    contact = guide.house.handbook.contacts[key]
    shape, presence = _presence(guide, key, language)
    return Card(
        words=guide.house.handbook.words[language.code].contacts[key],
        contact=contact,
        telephones=tuple((one, weekdays(one.weekdays, language)) for one in contact.telephones),
        shape=shape,
        presence=presence,
    )


def report(guide: Guide, language: Language) -> tuple[str, ...]:
    """Gather what a contact will ask: what was checked, what fails and since when, and from where.

    Only what is on the screen: answers and readings, never a loan.
    """
    lines = (_checked(guide, language), _failing(guide, language), _workstation(guide, language))
    return tuple(line for line in lines if line)


def weekdays(days: tuple[int, ...], language: Language) -> str:
    """Name ISO weekdays (1 is Monday): a row of them by its ends (lun.–ven.)."""
    names = get_day_names("abbreviated", locale=language.locale)
    said = [str(names[day - 1]) for day in days]
    in_a_row = list(days) == list(range(days[0], days[-1] + 1)) if days else False
    return "–".join((said[0], said[-1])) if in_a_row and len(said) > 2 else ", ".join(said)


def _presence(guide: Guide, key: str, language: Language) -> tuple[str, str]:
    say, found = language.say, guide.reachability(key)
    if found.presence is Presence.UNKNOWN:
        return "unknown", ""
    if found.presence is Presence.OPEN:
        return "up", say("On y répond aujourd’hui.")
    if found.changes is None:
        return "closed", say("Personne n’y répond en ce moment.")
    back = language.day(found.changes)
    if found.hours_given:
        back = f"{back}, {language.clock(found.changes)}"
    return "closed", say("Personne n’y répond en ce moment. De retour {day}.", day=back)


def _checked(guide: Guide, language: Language) -> str:
    words = guide.house.handbook.words[language.code].steps
    said = [
        f"{step} {labels[key].label.lower()}" for step, key in guide.path
        if (labels := words[step].answers)
    ]  # fmt: skip
    return language.say("Vérifié : {answers}.", answers=", ".join(said)) if said else ""


def _failing(guide: Guide, language: Language) -> str:
    names = guide.house.handbook.words[language.code].targets
    cells = [one for row in guide.board.rows for one in row.cells if one.verdict is Verdict.DOWN]
    said: list[str] = []
    for cell in cells:
        reason, since = glance(cell, language, guide.house.now()).reason, cell.since
        until_now = "" if since is None else language.clock(since)
        said.append(
            language.say(
                "{name} depuis {since} ({reason})",
                name=names[cell.target].name,
                since=until_now,
                reason=reason,
            )
        )
    return language.say("Échoue : {targets}.", targets=" ; ".join(said)) if said else ""


def _workstation(guide: Guide, language: Language) -> str:
    named = guide.visit.workstation
    return language.say("Poste : {workstation}.", workstation=named) if named else ""

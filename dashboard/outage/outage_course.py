"""The course of an outage so far: who did what, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from dashboard.outage.public_text import text_of
from dashboard.translations import Language
from procedure.handbook.model import Words
from procedure.journal import Act
from procedure.outages.outage_entries import OutageNews, OutageNote, OutageRecord
from procedure.outages.public_entries import PublicStatement


@dataclass(frozen=True, slots=True)
class CourseLine:
    """The start of the outage, or one action.

    `statement` is the id of the action's public statement if patrons can see it now.
    """

    at: datetime
    text: str
    head: str = ""
    by: str = ""
    statement: str = ""


def course(
    record: OutageRecord,
    published: Iterable[PublicStatement],
    words: Words,
    language: Language,
) -> list[CourseLine]:
    """Return the lines, newest first; `published` holds all statements on the public page."""
    say, declared = language.say, record.declared
    force = (
        say("Panne déclarée, C1 en vigueur.")
        if declared.lending
        else say("Panne déclarée, sans C1.")
    )
    lines = [
        CourseLine(declared.begun, say("Début de la panne.")),
        CourseLine(declared.at, force, by=_by(declared)),
        *(_news(news, language) for news in record.news),
        *(_note(note, words, language) for note in record.notes),
        *(
            _published(statement, language)
            for statement in published
            if statement.outage == declared.id
        ),
    ]
    # Reverse after sorting, so the entry recorded last comes first among equal times.
    return sorted(lines, key=attrgetter("at"))[::-1]


def _news(news: OutageNews, language: Language) -> CourseLine:
    say = language.say
    c1 = {True: say("C1 est en vigueur."), False: say("C1 n’est plus en vigueur."), None: ""}
    text = language.written(news.text_in(language.code)) or c1[news.lending]
    return CourseLine(news.at, text, say("Aux postes\u202f:"), _by(news))


def _note(note: OutageNote, words: Words, language: Language) -> CourseLine:
    text = language.written(note.text)
    if note.contact is None:
        return CourseLine(note.at, text, language.say("Note\u202f:"), _by(note))
    known = words.contacts.get(note.contact)
    reached = language.say("{contact} averti.", contact=known.short if known else note.contact)
    return CourseLine(note.at, f"{reached} {text}".rstrip(), by=_by(note))


def _published(statement: PublicStatement, language: Language) -> CourseLine:
    text = text_of(statement.texts, language) or text_of(statement.titles, language)
    heading = language.say("Aux lecteurs\u202f:")
    return CourseLine(statement.at, text, heading, _by(statement), str(statement.id))


def _by(act: Act) -> str:
    """Return who acted: the person's name or, if none was given, the workstation."""
    return act.operator or act.workstation

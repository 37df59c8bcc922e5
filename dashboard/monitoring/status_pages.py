"""What a status page says, in a few words: announced or not, when, and who read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dashboard.monitoring.diagnosis import Insight
from dashboard.translations import Language
from procedure.diagnosis.evidence import ANSWERS
from procedure.status_pages.readings import Official, Reading
from procedure.status_pages.status import Word

READABLE = (Word.OK, Word.INCIDENT, Word.PLANNED)  # what a person can say in one click


@dataclass(frozen=True, slots=True)
class VendorWord:
    """The line under a page's name: its shape (empty for none), its text, whether it is trouble.

    `by_person` draws the eye; `ask` tells that a person should read the page.
    """

    text: str
    shape: str = ""
    loud: bool = False
    by_person: bool = False
    ask: bool = False
    until: str = ""


def vendor_words(insight: Insight, language: Language) -> Mapping[str, VendorWord]:
    """Put every status page of the paper into words."""
    now, board = insight.house.now(), insight.board
    return {
        key: vendor_word(
            insight.officials.get(key, Official()),
            language,
            now,
            answers=board.cell(key).verdict in ANSWERS,
        )
        for key in insight.pages
    }


def vendor_word(
    official: Official, language: Language, now: datetime, *, answers: bool
) -> VendorWord:
    """Say what counts of one page now; what nobody could read is never told as all well."""
    counts = official.counts
    if counts is None or counts.word is Word.UNKNOWN:
        return _unread(official, language, now, answers=answers)
    at = language.moment(counts.at, now, short=True)
    say = language.say
    shape, text = {
        Word.INCIDENT: ("down", say("Incident annoncé à {at}", at=at)),
        Word.PLANNED: ("planned", say("Travaux en cours, lu à {at}", at=at)),
    }.get(counts.word, ("", say("Rien d’annoncé à {at}", at=at)))
    until = language.clock(counts.until) if counts.by_person else ""
    return VendorWord(text, shape, bool(shape), counts.by_person, until=until)


def _unread(official: Official, language: Language, now: datetime, *, answers: bool) -> VendorWord:
    say, last = language.say, official.last_known
    if last is not None:
        at = language.moment(last.at, now, short=True)
        return VendorWord(say("Pas lue depuis {at}", at=at), "clock", ask=True)
    if answers:
        return VendorWord(say("répond, à lire à l’œil"), ask=True)
    return VendorWord(say("pas lue"), ask=True)


def word_label(word: Word, language: Language) -> str:
    """Name a word as the button that records it does."""
    say = language.say
    return {
        Word.OK: say("rien"),
        Word.INCIDENT: say("incident"),
        Word.PLANNED: say("travaux"),
    }[word]


def take_word(insight: Insight, value: str) -> None:
    """Record a click on such a button: `exlibris-status/ok`; anything else is dropped."""
    target, _, word = value.partition("/")
    if word in READABLE:
        insight.read(target, Word(word))


def newest(readings: Mapping[str, tuple[Reading, ...]], now: datetime) -> list[Reading]:
    """Give the reading that counts of each page that tells anything, newest first."""
    told = [
        one
        for found in readings.values()
        for one in found
        if one.word is not Word.UNKNOWN and one.at <= now < one.until
    ]
    return sorted(told, key=lambda one: one.at, reverse=True)

"""What a status page says, in a few words: announced or not, when, and who read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.translations import Language
from procedure.diagnosis.evidence import ANSWERS
from procedure.status_pages.readings import CurrentStatus, Reading
from procedure.status_pages.status import PageStatus

READABLE = (
    PageStatus.OK,
    PageStatus.INCIDENT,
    PageStatus.PLANNED,
)  # what a person can say in one click


@dataclass(frozen=True, slots=True)
class StatusPageText:
    """The line under a page's name: its shape (empty for none), its text, whether it is trouble.

    `by_person` draws the eye; `ask` tells that a person should read the page.
    """

    text: str
    shape: str = ""
    loud: bool = False
    by_person: bool = False
    ask: bool = False
    until: str = ""


def status_page_texts(
    diagnosis: DiagnosisState, language: Language
) -> Mapping[str, StatusPageText]:
    """Put every status page of the paper into words."""
    now, grid = diagnosis.context.now(), diagnosis.grid
    return {
        key: status_page_text(
            diagnosis.page_statuses.get(key, CurrentStatus()),
            language,
            now,
            answers=grid.cell(key).verdict in ANSWERS,
        )
        for key in diagnosis.pages
    }


def status_page_text(
    official: CurrentStatus, language: Language, now: datetime, *, answers: bool
) -> StatusPageText:
    """Say what counts of one page now; what nobody could read is never told as all well."""
    counts = official.counts
    if counts is None or counts.status is PageStatus.UNKNOWN:
        return _unread(official, language, now, answers=answers)
    at = language.moment(counts.at, now, short=True)
    say = language.say
    shape, text = {
        PageStatus.INCIDENT: ("down", say("Incident annoncé à {at}", at=at)),
        PageStatus.PLANNED: ("planned", say("Travaux en cours, lu à {at}", at=at)),
    }.get(counts.status, ("", say("Rien d’annoncé à {at}", at=at)))
    until = language.clock(counts.until) if counts.by_person else ""
    return StatusPageText(text, shape, bool(shape), counts.by_person, until=until)


def _unread(
    official: CurrentStatus, language: Language, now: datetime, *, answers: bool
) -> StatusPageText:
    say, last = language.say, official.last_known
    if last is not None:
        at = language.moment(last.at, now, short=True)
        return StatusPageText(say("Pas lue depuis {at}", at=at), "clock", ask=True)
    if answers:
        return StatusPageText(say("répond, à lire à l’œil"), ask=True)
    return StatusPageText(say("pas lue"), ask=True)


def status_label(word: PageStatus, language: Language) -> str:
    """Name a word as the button that records it does."""
    say = language.say
    return {
        PageStatus.OK: say("rien"),
        PageStatus.INCIDENT: say("incident"),
        PageStatus.PLANNED: say("travaux"),
    }[word]


def record_status(diagnosis: DiagnosisState, value: str) -> None:
    """Record a click on such a button: `exlibris-status/ok`; anything else is dropped."""
    target, _, word = value.partition("/")
    if word in READABLE:
        diagnosis.read(target, PageStatus(word))


def newest(readings: Mapping[str, tuple[Reading, ...]], now: datetime) -> list[Reading]:
    """Give the reading that counts of each page that tells anything, newest first."""
    told = [
        one
        for found in readings.values()
        for one in found
        if one.status is not PageStatus.UNKNOWN and one.at <= now < one.until
    ]
    return sorted(told, key=lambda one: one.at, reverse=True)

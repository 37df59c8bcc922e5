"""Texts about the status pages, and about their disagreements with our readings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.workstations import Workstations
from dashboard.translations import Language
from procedure.diagnosis.disagreement import Dispute
from procedure.diagnosis.evidence import ANSWERS
from procedure.handbook.model import TargetWords
from procedure.status_pages.html_text import cut
from procedure.status_pages.reading_validity import CurrentStatus, Reading
from procedure.status_pages.status import PageStatus

QUOTE = 120  # maximum number of characters of a quoted line on the page
# Statuses that staff can record with one click.
READABLE = (PageStatus.OK, PageStatus.INCIDENT, PageStatus.PLANNED)


@dataclass(frozen=True, slots=True)
class StatusPageText:
    """The line below a page's name: its text, and its shape if any.

    `loud` means that an incident or planned work is announced; `by_person` marks a reading by
    staff, valid until the clock time `until`; `ask` means that somebody should read the page.
    """

    text: str
    shape: str = ""
    loud: bool = False
    by_person: bool = False
    ask: bool = False
    until: str = ""


@dataclass(frozen=True, slots=True)
class PageQuote:
    """The newest line about our service on a page written for people, and its times as text."""

    page: str
    line: str
    times: str


@dataclass(frozen=True, slots=True)
class DisagreementText:
    """The announcement `word`, read on the pages in `who` at `at`, and the failures `observed`.

    `since` says when the failures began, and is empty if the grid shows none.
    """

    who: str
    word: str
    at: str
    observed: str
    since: str


def status_page_texts(
    diagnosis: DiagnosisState, language: Language
) -> Mapping[str, StatusPageText]:
    """Return the text of every status page, by target."""
    now, grid = diagnosis.context.clock.now(), diagnosis.grid
    return {
        key: status_page_text(
            diagnosis.page_statuses.get(key, CurrentStatus()),
            language,
            now,
            answers=grid.cell(key).status in ANSWERS,
        )
        for key in diagnosis.pages
    }


def page_quotes(
    diagnosis: DiagnosisState, pages: Iterable[str], language: Language
) -> list[PageQuote]:
    """Return the lines to read on these pages, the newest first."""
    feeds = (diagnosis.page_statuses.get(key, CurrentStatus()).feed for key in pages)
    quoted = [reading for reading in feeds if reading is not None and reading.quote]
    quoted.sort(key=lambda reading: reading.changed_at or reading.at, reverse=True)
    now = diagnosis.context.clock.now()
    return [
        PageQuote(reading.target, cut(reading.quote, QUOTE), _times(reading, language, now))
        for reading in quoted
    ]


def _times(reading: Reading, language: Language, now: datetime) -> str:
    read = language.moment(reading.at, now, short=True)
    if reading.changed_at is None:
        return language.say("lue {read}", read=read)
    changed = language.moment(reading.changed_at, now, short=True)
    return language.say("mise à jour {changed}, lue {read}", changed=changed, read=read)


def status_page_text(
    status: CurrentStatus, language: Language, now: datetime, *, answers: bool
) -> StatusPageText:
    """Return the text of one page; `answers` says whether the page can be opened."""
    say, counts = language.say, status.counts
    if counts is None or counts.status is PageStatus.UNKNOWN:
        return _unread(status, language, now, answers=answers)
    when = language.when(counts.at, now)
    shape, text = {
        PageStatus.INCIDENT: ("down", say("Incident annoncé {when}", when=when)),
        PageStatus.PLANNED: ("planned", say("Travaux en cours, lu {when}", when=when)),
    }.get(counts.status, ("", say("Rien d’annoncé {when}", when=when)))
    until = language.clock(counts.until) if counts.by_person else ""
    return StatusPageText(text, shape, bool(shape), counts.by_person, until=until)


def _unread(
    status: CurrentStatus, language: Language, now: datetime, *, answers: bool
) -> StatusPageText:
    say, last = language.say, status.last_known
    if status.feed is not None and status.feed.quote:
        return StatusPageText(say("à lire"), ask=True)
    if last is not None:
        at = language.moment(last.at, now, short=True)
        return StatusPageText(say("Pas lue depuis {at}", at=at), "clock", ask=True)
    text = say("répond, à lire vous-même") if answers else say("pas lue")
    return StatusPageText(text, ask=True)


def status_label(status: PageStatus, language: Language) -> str:
    """Return the label of the button that records a status."""
    say = language.say
    return {
        PageStatus.OK: say("rien"),
        PageStatus.INCIDENT: say("incident"),
        PageStatus.PLANNED: say("travaux"),
    }[status]


def record_status(diagnosis: DiagnosisState, value: str) -> None:
    """Record the status in a button's value, such as `exlibris-status/ok`; ignore other values."""
    target, _, status = value.partition("/")
    if status in READABLE:
        diagnosis.read(target, PageStatus(status))


def record_nothing_announced(diagnosis: DiagnosisState, value: str) -> None:
    """Record that the pages whose keys are in `value`, separated by spaces, announce nothing.

    A page that has been read in the meantime keeps that reading.
    """
    for target in value.split():
        status = diagnosis.page_statuses.get(target, CurrentStatus()).counts
        if status is None or status.status is PageStatus.UNKNOWN:
            diagnosis.read(target, PageStatus.OK)


def disagreement_text(
    workstations: Workstations, names: Mapping[str, TargetWords], language: Language
) -> DisagreementText | None:
    """Return how the status pages and our readings differ, or None if they agree."""
    disagreement = workstations.disagreement
    if disagreement is None:
        return None
    now, say, state = workstations.context.clock.now(), language.say, workstations.grid.state
    incident = disagreement.kind is Dispute.NOT_SEEN
    status = PageStatus.INCIDENT if incident else PageStatus.OK
    readings = _fresh(workstations.diagnosis.readings(), status, now)
    failing = disagreement.failing
    return DisagreementText(
        who=", ".join(dict.fromkeys(names[reading.target].name for reading in readings)),
        word=say("Un incident") if incident else say("Rien d’annoncé"),
        at=language.when(readings[0].at, now) if readings else "",
        observed=language.plural(
            "{count} échec sur {of}", "{count} échecs sur {of}", failing.count, of=failing.of
        ),
        since=say("depuis {at}", at=language.moment(state.since, now, short=True))
        if state.since and state.failing
        else "",
    )


def _fresh(
    readings: Mapping[str, tuple[Reading, ...]], status: PageStatus, now: datetime
) -> list[Reading]:
    """Return the current readings with this status, newest first."""
    fresh = [
        reading
        for of_page in readings.values()
        for reading in of_page
        if reading.status is status and reading.at <= now < reading.until
    ]
    return sorted(fresh, key=lambda reading: reading.at, reverse=True)

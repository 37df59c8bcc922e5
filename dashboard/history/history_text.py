"""The texts of the history."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median_low

from dashboard.history.history_state import SPANS, PastOutage, TimelineRow
from dashboard.translations import Language
from dashboard.translations.sentences import page_sentence
from procedure.handbook.model import Handbook, services
from procedure.monitoring.downtime import Availability, Downtime
from procedure.monitoring.model import FailureCause
from procedure.outages.ninety_days import NinetyDays
from procedure.status_pages.readings import PageStatusChanged

SAME = timedelta(minutes=1)
ANNOUNCED_WITHIN = timedelta(hours=1)  # after the end
WORTH_A_LINE = 0.01  # share of a span: less unread time is not shown


def span_title(span: str, language: Language) -> str:
    """Return the title of the timeline."""
    say = language.say
    titles = {"day": say("24 heures"), "week": say("Sept jours"), "quarter": say("90 jours")}
    return titles[span]


def outages_title(span: str, language: Language) -> str:
    """Return the title of the list of outages."""
    say = language.say
    titles = {
        "day": say("Pannes, 24 heures"),
        "week": say("Pannes, sept jours"),
        "quarter": say("Pannes, 90 jours"),
    }
    return titles[span]


def no_outage(span: str, language: Language) -> str:
    """Return the sentence of a span without outages."""
    say = language.say
    texts = {
        "day": say("Aucune panne vue depuis 24 heures."),
        "week": say("Aucune panne vue depuis sept jours."),
        "quarter": say("Aucune panne vue depuis 90 jours."),
    }
    return texts[span]


def file_name(span: str, language: Language) -> str:
    """Return the name of the file of outages."""
    say = language.say
    names = {
        "day": say("relais-pannes-24h.csv"),
        "week": say("relais-pannes-7j.csv"),
        "quarter": say("relais-pannes-90j.csv"),
    }
    return names[span]


def percent(one: Availability, language: Language) -> str:
    """Return the share of the known time in which a target worked, in %; empty if unknown."""
    return "" if one.ratio is None else language.number(100 * one.ratio, 2)


def down_rows(
    ninety_days: NinetyDays | None,
    handbook: Handbook,
    causes: Mapping[FailureCause, str],
    language: Language,
) -> dict[str, list[tuple[str, str]]]:
    """Return why the library system was down in the ninety days, by key: a text, and per cent."""
    if ninety_days is None:
        return {}

    def row(cause: FailureCause, down: timedelta, share: float) -> tuple[str, str]:
        lasted = language.duration(down)
        text = language.say("en panne, {cause}\u202f: {length}", cause=causes[cause], length=lasted)
        return text, language.number(100 * share, 2)

    keys = [service.state_key for service in services(handbook) if service.announced]
    return {key: [row(*one) for one in ninety_days.down_by_cause(key)] for key in keys}


@dataclass(frozen=True, slots=True)
class AvailabilityRow:
    """A row of figures by span, None where a span was not read yet."""

    key: str
    figures: tuple[str | None, ...]
    unplanned: tuple[str | None, ...] = ()
    unread: tuple[str, ...] = ()
    p95: str = ""


def availability_rows(rows: Sequence[TimelineRow], language: Language) -> Iterator[AvailabilityRow]:
    """Yield the figures of each row; the lines below them only where they differ."""
    common = _common(rows)
    for row in rows:
        availability = [row.availability.get(span) for span in SPANS]
        figures = tuple(
            None if one is None else percent(one.whole, language) for one in availability
        )
        unplanned = tuple(
            None if one is None else percent(one.unplanned or one.whole, language)
            for one in availability
        )
        yield AvailabilityRow(
            row.target,
            figures,
            unplanned if unplanned != figures else (),
            _unread(row, common, language),
            "" if row.p95 is None else language.number(row.p95),
        )


def unread_of_most(rows: Sequence[TimelineRow], language: Language) -> tuple[str, ...]:
    """Return the unread time of most rows by span; empty where it is hardly any."""
    return _durations({span: (length, length) for span, length in _common(rows).items()}, language)


def _unread(row: TimelineRow, common: dict[str, timedelta], language: Language) -> tuple[str, ...]:
    mine = {span: row.availability[span].whole.unread for span in common}
    return _durations({span: (mine[span] - common[span], mine[span]) for span in mine}, language)


def _durations(
    unread: dict[str, tuple[timedelta, timedelta]], language: Language
) -> tuple[str, ...]:
    if not any(more >= WORTH_A_LINE * SPANS[span] for span, (more, _) in unread.items()):
        return ()
    shown = (unread[span][1] if span in unread else timedelta() for span in SPANS)
    return tuple(language.duration(length) if length else "" for length in shown)


def _common(rows: Sequence[TimelineRow]) -> dict[str, timedelta]:
    known = [span for span in SPANS if rows and span in rows[0].availability]
    return {span: median_low(row.availability[span].whole.unread for row in rows) for span in known}


def undeclared_text(
    outages: Sequence[PastOutage], names: Mapping[str, str], language: Language
) -> str:
    """Return how many outages nobody declared or planned, by target; empty without any."""
    targets = [one.outage.target for one in outages if not one.report and not one.outage.planned]
    counted = Counter(names.get(target, target) for target in targets).most_common()
    if not counted:
        return ""
    return language.say(
        "Ni déclarées ni annoncées comme travaux\u202f: {count}. {targets}.",
        count=language.number(len(targets)),
        targets=" · ".join(f"{name} ({language.number(count)})" for name, count in counted),
    )


def announcement_text(past: PastOutage, now: datetime, language: Language) -> str:
    """Return whether and when the status pages announced an outage.

    Only an hour after its end is it certain that they never did.
    """
    say, outage = language.say, past.outage
    if outage.planned:
        return say("Travaux annoncés")
    if outage.official_start is None and not past.announceable:
        return say("Sans objet")
    if outage.official_start is None:
        settled = outage.end is not None and now - outage.end >= ANNOUNCED_WITHIN
        return say("Jamais annoncée") if settled else say("Pas encore annoncée")
    return announced_after(outage, language)


def announced_after(outage: Downtime, language: Language) -> str:
    """Return how long after or before us the status pages announced an outage."""
    say = language.say
    assert outage.official_start is not None
    later = outage.official_start - outage.start
    if later >= SAME:
        return say("Annoncée {span} après nous", span=language.duration(later))
    if later <= -SAME:
        return say("Annoncée {span} avant nous", span=language.duration(-later))
    return say("Annoncée en même temps")


def said_lines(past: PastOutage, names: Mapping[str, str], language: Language) -> list[str]:
    """Return what the status pages were read to say during an outage, one reading a line."""
    return [
        f"{language.moment(word.at, past.outage.start, short=True)}, "
        + page_sentence(
            word.word,
            names.get(word.target, word.target),
            language,
            word.summary if isinstance(word, PageStatusChanged) else "",
        )
        for word in past.said
    ]


def official_span(outage: Downtime, language: Language) -> str:
    """Return the times of the announced incident or planned work, empty when there is none.

    An incident during planned work is named: the work took longer than was announced.
    """
    say = language.say
    if outage.official_start is None:
        return ""
    begin = language.moment(outage.official_start, outage.start, short=True)
    span = say("depuis {at}", at=begin)
    if outage.official_end is not None:
        end = language.moment(outage.official_end, outage.official_start, short=True)
        span = say("{begin} – {end}", begin=begin, end=end)
    return (
        say("incident annoncé\u202f: {span}", span=span)
        if outage.planned and outage.incident
        else span
    )


def target_names(handbook: Handbook, language: Language) -> dict[str, str]:
    """Return the names of the targets, in the handbook's order."""
    words = handbook.words[language.code].targets
    return {key: words[key].name for key in handbook.targets}


def all_names(handbook: Handbook, language: Language) -> dict[str, str]:
    """Return the names of the steps and of the targets."""
    steps = handbook.words[language.code].steps
    named = {key: steps[key].short for key in handbook.procedure.steps}
    return named | target_names(handbook, language)

"""Texts of the history."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from dashboard.history.history_state import PastOutage
from dashboard.translations import Language
from dashboard.translations.languages import shown_length
from procedure.handbook.model import Handbook
from procedure.monitoring.downtime import Availability, Downtime

SAME = timedelta(minutes=1)
ANNOUNCED_WITHIN = timedelta(hours=1)  # allowance for late announcements


def span_title(span: str, language: Language) -> str:
    say = language.say
    titles = {"day": say("24 heures"), "week": say("Sept jours"), "quarter": say("90 jours")}
    return titles[span]


def sum_of(
    span: str, outages: Sequence[PastOutage], since: datetime, now: datetime, language: Language
) -> tuple[str, str]:
    """Return two texts on a span: how long Alma was down, and the number of outages and loans.

    `outages` are the library system's outages. If one began before `since`, only its time after
    `since` counts, so the sum equals the total of the lengths shown in the list of outages.
    """
    say, plural = language.say, language.plural
    during = {
        "day": say("en 24 heures"),
        "week": say("en sept jours"),
        "quarter": say("en 90 jours"),
    }
    if not outages:
        return say("Alma n’a pas manqué {span}.", span=during[span]), ""
    lengths = [
        shown_length(max(past.outage.start, since), past.outage.end or now) for past in outages
    ]
    lost = language.duration(sum(lengths, timedelta()))
    failed = say("Alma a manqué {length} {span}.", length=lost, span=during[span])
    loans = sum(past.declared if past.report else past.loans for past in outages)
    times = plural("{count} panne", "{count} pannes", len(outages))
    lent = plural("{count} prêt", "{count} prêts", loans)
    return failed, f"{times}, {lent}."


def no_outage(span: str, language: Language) -> str:
    say = language.say
    texts = {
        "day": say("Aucune panne vue depuis 24 heures."),
        "week": say("Aucune panne vue depuis sept jours."),
        "quarter": say("Aucune panne vue depuis 90 jours."),
    }
    return texts[span]


def file_name(span: str, language: Language) -> str:
    say = language.say
    names = {
        "day": say("relais-pannes-24h.csv"),
        "week": say("relais-pannes-7j.csv"),
        "quarter": say("relais-pannes-90j.csv"),
    }
    return names[span]


def percent(availability: Availability, language: Language) -> str:
    """Return a target's availability as a percentage of the known time; empty if none is known."""
    ratio = availability.ratio
    return "" if ratio is None else language.number(100 * ratio, 2)


def announcement_text(past: PastOutage, now: datetime, language: Language) -> str:
    """Return whether and when the status pages announced an outage.

    If they have not, the text says "not yet" until an hour after the outage's end.
    """
    say, outage = language.say, past.outage
    if outage.planned:
        return say("Travaux annoncés")
    if outage.official_start is None:
        settled = outage.end is not None and now - outage.end >= ANNOUNCED_WITHIN
        return say("Jamais annoncée") if settled else say("Pas encore annoncée")
    return announced_after(outage, language)


def announced_after(outage: Downtime, language: Language) -> str:
    """Return how long before or after our own observation the status pages announced an outage."""
    say = language.say
    assert outage.official_start is not None
    later = outage.official_start - outage.start
    if later >= SAME:
        return say("Annoncée {span} après nous", span=language.duration(later))
    if later <= -SAME:
        return say("Annoncée {span} avant nous", span=language.duration(-later))
    return say("Annoncée en même temps")


def target_names(handbook: Handbook, language: Language) -> dict[str, str]:
    words = handbook.words[language.code].targets
    return {key: words[key].name for key in handbook.targets}


def all_names(handbook: Handbook, language: Language) -> dict[str, str]:
    """Return the names of the steps and of the targets."""
    steps = handbook.words[language.code].steps
    named = {key: steps[key].short for key in handbook.procedure.steps}
    return named | target_names(handbook, language)

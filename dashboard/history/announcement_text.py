"""The official word on an outage, in words: announced so long after us, planned, or never."""

from __future__ import annotations

from datetime import timedelta

from dashboard.history.history import PastOutage
from dashboard.translations import Language
from procedure.monitoring.downtime import Downtime

SAME = timedelta(minutes=1)


def official_words(past: PastOutage, language: Language) -> str:
    """Say whether and when the pages announced it."""
    say, outage = language.say, past.outage
    if outage.planned:
        return say("Travaux annoncés")
    if outage.official_start is None:
        return say("Jamais annoncée") if past.announceable else say("Sans objet")
    return announced_after(outage, language)


def announced_after(outage: Downtime, language: Language) -> str:
    """Say how long after us, or before us, the pages announced it."""
    say = language.say
    assert outage.official_start is not None
    later = outage.official_start - outage.start
    if later >= SAME:
        return say("Annoncée {span} après nous", span=language.duration(later))
    if later <= -SAME:
        return say("Annoncée {span} avant nous", span=language.duration(-later))
    return say("Annoncée en même temps")


def official_span(outage: Downtime, language: Language) -> str:
    """Give the official times beside those of the outage, empty when there are none."""
    say = language.say
    if outage.official_start is None:
        return ""
    begin = language.moment(outage.official_start, outage.start, short=True)
    if outage.official_end is None:
        return say("depuis {at}", at=begin)
    end = language.moment(outage.official_end, outage.official_start, short=True)
    return say("{begin} – {end}", begin=begin, end=end)

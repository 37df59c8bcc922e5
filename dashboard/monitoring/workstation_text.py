"""Several looks in a few words: for a site, for all workstations, for one of them."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.monitoring.cell_text import Glance
from dashboard.monitoring.site_summary import Look, Poll
from dashboard.translations import Language
from procedure.diagnosis.report_entry import Reported
from procedure.monitoring.model import Cause, Verdict


@dataclass(frozen=True, slots=True)
class Station:
    """One workstation in a list: its name and site, what it saw, and how long ago in seconds."""

    name: str
    site: str
    vdi: bool
    seen: Glance
    age_s: float | None
    age: str
    report: Reported | None = None


def poll_glance(poll: Poll, language: Language) -> Glance:
    """Say how a target looks from a site: one word when all agree, the share when they do not."""
    share = language.say("{reach} sur {of}", reach=poll.reach, of=poll.of)
    if not poll.of:
        blurred = any(one.blurred for one in poll.looks)
        reason = language.say("erreur possible") if blurred else ""
        return Glance("unknown", language.say("Inconnu"), language.say("Inconnu"), reason)
    if poll.mixed:
        return Glance("slow", share, share, why(poll.cause, language))
    word, past = verdict_words(poll.verdict, language)
    took = poll.latency_ms
    reason = why(poll.cause, language) if took is None else language.milliseconds(took)
    return Glance(poll.verdict.value, word, past, reason)


def sum_glance(poll: Poll, language: Language) -> Glance:
    """Say how many of all workstations reach a target, always with its denominator."""
    if not poll.of:
        return Glance("unknown", language.say("Inconnu"), language.say("Inconnu"))
    share = language.say("{reach} sur {of}", reach=poll.reach, of=poll.of)
    return Glance(poll.verdict.value, share, share)


def look_glance(look: Look, language: Language) -> Glance:
    """Say what one workstation saw; a look that is too old says only that."""
    if look.newest is None:
        return Glance("unknown", language.say("Inconnu"), language.say("Inconnu"))
    if look.blurred:
        word = language.say("Inconnu")
        return Glance("unknown", word, word, language.say("une réponse, peut-être l’erreur"))
    if look.verdict is Verdict.UNKNOWN:
        word = language.say("Pas relevé")
        return Glance("clock", word, word)
    took = look.newest.latency_ms
    failed = look.verdict is Verdict.DOWN or took is None
    reason = why(look.newest.cause, language) if failed else language.milliseconds(took or 0)
    return Glance(look.verdict.value, *verdict_words(look.verdict, language), reason)


def verdict_words(verdict: Verdict, language: Language) -> tuple[str, str]:
    """Give a verdict's word, now and once the line is cut."""
    say = language.say
    return {
        Verdict.UP: (say("Répond"), say("Répondait")),
        Verdict.SLOW: (say("Lent"), say("Était lent")),
        Verdict.DOWN: (say("Échoue"), say("Échouait")),
        Verdict.UNKNOWN: (say("Inconnu"), say("Inconnu")),
    }[verdict]


def why(cause: Cause | None, language: Language) -> str:
    """Say what a browser can tell of a failure: no answer in time, or none at all."""
    if cause is None:
        return ""
    return language.say("délai dépassé") if cause is Cause.TIMEOUT else language.say("sans réponse")

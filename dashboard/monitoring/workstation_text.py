"""Several looks in a few words: for a site, for all workstations, for one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from dashboard.monitoring.cell_text import CellText
from dashboard.monitoring.site_summary import SiteSummary, WorkstationResult
from dashboard.translations import Language
from procedure.diagnosis.staff_reports import StaffReport
from procedure.monitoring.model import FailureCause, Status


@dataclass(frozen=True, slots=True)
class Station:
    """One workstation in a list: its name and site, what it saw, and how long ago."""

    name: str
    site: str
    vdi: bool
    seen: CellText
    age: timedelta | None
    report: StaffReport | None = None


def poll_glance(poll: SiteSummary, language: Language) -> CellText:
    """Say how a target looks from a site: one word when all agree, the share when they do not."""
    share = language.say("{reach} sur {of}", reach=poll.reach, of=poll.of)
    if not poll.of:
        blurred = any(one.blurred for one in poll.looks)
        reason = language.say("erreur possible") if blurred else ""
        return CellText("unknown", language.say("Inconnu"), language.say("Inconnu"), reason)
    if poll.mixed:
        return CellText("slow", share, share, why(poll.cause, language))
    word, past = status_text(poll.verdict, language)
    took = poll.latency_ms
    reason = why(poll.cause, language) if took is None else language.milliseconds(took)
    return CellText(poll.verdict.value, word, past, reason)


def sum_glance(poll: SiteSummary, language: Language) -> CellText:
    """Say how many of all workstations reach a target, always with its denominator."""
    if not poll.of:
        return CellText("unknown", language.say("Inconnu"), language.say("Inconnu"))
    share = language.say("{reach} sur {of}", reach=poll.reach, of=poll.of)
    return CellText(poll.verdict.value, share, share)


def look_glance(look: WorkstationResult, language: Language) -> CellText:
    """Say what one workstation saw; a look that is too old says only that."""
    if look.newest is None:
        return CellText("unknown", language.say("Inconnu"), language.say("Inconnu"))
    if look.blurred:
        word = language.say("Inconnu")
        return CellText("unknown", word, word, language.say("une réponse, peut-être l’erreur"))
    if look.verdict is Status.UNKNOWN:
        word = language.say("Pas relevé")
        return CellText("clock", word, word)
    took = look.newest.latency_ms
    failed = look.verdict is Status.DOWN or took is None
    reason = why(look.newest.cause, language) if failed else language.milliseconds(took or 0)
    return CellText(look.verdict.value, *status_text(look.verdict, language), reason)


def status_text(verdict: Status, language: Language) -> tuple[str, str]:
    """Give a verdict's word, now and once the line is cut."""
    say = language.say
    return {
        Status.UP: (say("Répond"), say("Répondait")),
        Status.SLOW: (say("Lent"), say("Était lent")),
        Status.DOWN: (say("Échoue"), say("Échouait")),
        Status.UNKNOWN: (say("Inconnu"), say("Inconnu")),
    }[verdict]


def why(cause: FailureCause | None, language: Language) -> str:
    """Say what a browser can tell of a failure: no answer in time, or none at all."""
    if cause is None:
        return ""
    return (
        language.say("délai dépassé")
        if cause is FailureCause.TIMEOUT
        else language.say("sans réponse")
    )

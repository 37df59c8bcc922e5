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


def site_text(summary: SiteSummary, language: Language) -> CellText:
    """Say how a target looks from a site: one word when all agree, the share when they do not."""
    share = language.say("{reach} sur {of}", reach=summary.reach, of=summary.of)
    if not summary.of:
        blurred = any(one.blurred for one in summary.results)
        reason = language.say("erreur possible") if blurred else ""
        return CellText("unknown", language.say("Inconnu"), language.say("Inconnu"), reason)
    if summary.mixed:
        return CellText("slow", share, share, why(summary.cause, language))
    word, past = status_text(summary.verdict, language)
    took = summary.latency_ms
    reason = why(summary.cause, language) if took is None else language.milliseconds(took)
    return CellText(summary.verdict.value, word, past, reason)


def total_text(summary: SiteSummary, language: Language) -> CellText:
    """Say how many of all workstations reach a target, always with its denominator."""
    if not summary.of:
        return CellText("unknown", language.say("Inconnu"), language.say("Inconnu"))
    share = language.say("{reach} sur {of}", reach=summary.reach, of=summary.of)
    return CellText(summary.verdict.value, share, share)


def result_text(result: WorkstationResult, language: Language) -> CellText:
    """Say what one workstation saw; a look that is too old says only that."""
    if result.newest is None:
        return CellText("unknown", language.say("Inconnu"), language.say("Inconnu"))
    if result.blurred:
        word = language.say("Inconnu")
        return CellText("unknown", word, word, language.say("une réponse, peut-être l’erreur"))
    if result.verdict is Status.UNKNOWN:
        word = language.say("Pas relevé")
        return CellText("clock", word, word)
    took = result.newest.latency_ms
    failed = result.verdict is Status.DOWN or took is None
    reason = why(result.newest.cause, language) if failed else language.milliseconds(took or 0)
    return CellText(result.verdict.value, *status_text(result.verdict, language), reason)


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

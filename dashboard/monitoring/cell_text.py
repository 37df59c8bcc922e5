"""Texts for the cells of the grid."""

from dataclasses import dataclass, replace
from datetime import datetime

from dashboard.monitoring.cell import GridCell, SiteSummary, WorkstationResult
from dashboard.translations import Language
from dashboard.translations.outcome_messages import outcome_name
from procedure.monitoring.model import FailureCause, Outcome, Status


@dataclass(frozen=True, slots=True)
class CellText:
    """A cell's text: a shape, the status in the present and past tense, and a reason.

    The past tense is shown once the connection to the server is lost; `remark` is shown only if
    there is room.
    """

    shape: str
    word: str
    past: str
    reason: str = ""
    remark: str = ""


def cell_text(cell: GridCell, language: Language, now: datetime | None = None) -> CellText:
    """Return the text of the server's cell; without `now`, a stale reading's text has no date."""
    say = language.say
    if cell.newest is None:
        return _unknown(language, say("relevé en cours"))
    if cell.stale:
        return _stale(cell.newest.at, now or cell.newest.at, language)
    text = outcome_text(cell.newest, cell.status, language)
    remarks = ((cell.doubtful, say("à confirmer")), (cell.flapping, say("par à-coups")))
    return replace(text, remark=next((remark for holds, remark in remarks if holds), text.remark))


def outcome_text(outcome: Outcome, status: Status, language: Language) -> CellText:
    remark = language.say("réservé") if outcome.reserved else ""
    if outcome.cause is not None:
        reason = outcome_name(outcome, language)
    else:
        reason = _duration(outcome.latency_ms, language)
    return CellText(status.value, *status_text(status, language), reason, remark)


def site_text(summary: SiteSummary, language: Language) -> CellText:
    """Return a site's text: how many workstations reach a target or, if all agree, the status."""
    if not summary.of:
        blurred = any(result.blurred for result in summary.results)
        return _unknown(language, language.say("erreur possible") if blurred else "")
    cause = _browser_cause(summary.cause, language)
    if summary.mixed:
        share = _share(summary, language)
        return CellText("slow", share, share, cause)
    reason = _duration(summary.latency_ms, language) or cause
    return CellText(summary.status.value, *status_text(summary.status, language), reason)


def total_text(summary: SiteSummary, language: Language) -> CellText:
    if not summary.of:
        return _unknown(language)
    share = _share(summary, language)
    return CellText(summary.status.value, share, share)


def result_text(result: WorkstationResult, language: Language) -> CellText:
    """Return a workstation's text; if its result is too old, the text says only that."""
    if result.newest is None:
        return _unknown(language)
    if result.blurred:
        return _unknown(language, language.say("une réponse, peut-être l’erreur"))
    if result.status is Status.UNKNOWN:
        word = language.say("Pas relevé")
        return CellText("clock", word, word)
    took = None if result.status is Status.DOWN else result.newest.latency_ms
    reason = _duration(took, language) or _browser_cause(result.newest.cause, language)
    return CellText(result.status.value, *status_text(result.status, language), reason)


def status_text(status: Status, language: Language) -> tuple[str, str]:
    """Return a status in the present and in the past tense."""
    say = language.say
    return {
        Status.UP: (say("Répond"), say("Répondait")),
        Status.SLOW: (say("Lent"), say("Était lent")),
        Status.DOWN: (say("Échoue"), say("Échouait")),
        Status.UNKNOWN: (say("Inconnu"), say("Inconnu")),
    }[status]


def _unknown(language: Language, reason: str = "") -> CellText:
    return CellText("unknown", *status_text(Status.UNKNOWN, language), reason)


def _stale(at: datetime, now: datetime, language: Language) -> CellText:
    word = language.say("Pas relevé")
    since = language.say("depuis {at}", at=language.moment(at, now, short=True))
    return CellText("clock", word, word, since)


def _share(summary: SiteSummary, language: Language) -> str:
    return language.say("{reach} sur {of}", reach=summary.reach, of=summary.of)


def _duration(latency_ms: float | None, language: Language) -> str:
    return "" if latency_ms is None else language.milliseconds(latency_ms)


def _browser_cause(cause: FailureCause | None, language: Language) -> str:
    """Return the cause of a failure as far as a browser can tell: a timeout or no answer."""
    if cause is None:
        return ""
    timeout = cause is FailureCause.TIMEOUT
    return language.say("délai dépassé") if timeout else language.say("sans réponse")

"""A cell at a glance: the shape and the word, now and once the line is cut, and the reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from dashboard.monitoring.cell import GridCell
from dashboard.translations import Language
from procedure.monitoring import messages as causes
from procedure.monitoring.model import Outcome, Status


@dataclass(frozen=True, slots=True)
class CellText:
    """What a cell says: its shape, its word, its word in the past tense, and why or how fast.

    `remark` says more where there is room: that the newest attempt is not confirmed, that the
    target answers by fits and starts, that the content is reserved.
    """

    shape: str
    word: str
    past: str
    reason: str = ""
    remark: str = ""


def cell_text(cell: GridCell, language: Language, now: datetime | None = None) -> CellText:
    """Put a cell into words; an old reading and one yet to come are both no answer.

    `now` lets an old reading of another day be told with its date.
    """
    say = language.say
    if cell.newest is None:
        return CellText("unknown", say("Inconnu"), say("Inconnu"), say("relevé en cours"))
    if cell.stale:
        at = language.moment(cell.newest.at, now or cell.newest.at, short=True)
        return CellText("clock", say("Pas relevé"), say("Pas relevé"), say("depuis {at}", at=at))
    said = outcome_text(cell.newest, cell.verdict, language)
    notes = ((cell.doubtful, say("à confirmer")), (cell.flapping, say("par à-coups")))
    return replace(said, remark=next((note for holds, note in notes if holds), said.remark))


def outcome_text(outcome: Outcome, verdict: Status, language: Language) -> CellText:
    """Put one reading into words."""
    say = language.say
    words = {
        Status.UP: (say("Répond"), say("Répondait")),
        Status.SLOW: (say("Lent"), say("Était lent")),
        Status.DOWN: (say("Échoue"), say("Échouait")),
        Status.UNKNOWN: (say("Inconnu"), say("Inconnu")),
    }
    remark = say("réservé") if outcome.reserved else ""
    return CellText(verdict.value, *words[verdict], _reason(outcome, language), remark)


def _reason(outcome: Outcome, language: Language) -> str:
    if outcome.cause is not None:
        return causes.describe(outcome, language.code).short
    return "" if outcome.latency_ms is None else language.milliseconds(outcome.latency_ms)

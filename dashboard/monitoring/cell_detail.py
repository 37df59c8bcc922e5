"""The detail of a cell: its last attempt in full, and the readings before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from dashboard.monitoring.cell import GridCell
from dashboard.monitoring.cell_text import CellText, outcome_text
from dashboard.translations import Language
from dashboard.translations.outcome_messages import outcome_sentence
from procedure.handbook.model import TargetWords
from procedure.monitoring.model import Outcome, Phase, Target

READINGS = 5  # of the last ones


@dataclass(frozen=True, slots=True)
class CellSpan:
    """A phase of the last attempt: its name, its length, and whether the attempt ended there."""

    name: str
    length: str
    ended: bool


@dataclass(frozen=True, slots=True)
class PhaseBar:
    """A host that the last attempt went through, and what it answered."""

    host: str
    answer: str


@dataclass(frozen=True, slots=True)
class CellDetail:
    """Everything that is shown of an open cell; `readings` are newest first."""

    url: str
    note: str
    sentence: str
    newest: Outcome | None
    spans: tuple[CellSpan, ...] = ()
    legs: tuple[PhaseBar, ...] = ()
    readings: tuple[tuple[datetime, CellText], ...] = ()


def detail(cell: GridCell, target: Target, words: TargetWords, language: Language) -> CellDetail:
    """Return the detail of a cell."""
    newest = cell.newest
    if newest is None:
        return CellDetail(target.url, words.note, language.say("Premier relevé en cours."), None)
    return CellDetail(
        url=target.url,
        note=words.note,
        sentence=outcome_sentence(newest, language),
        newest=newest,
        spans=_spans(newest, language),
        legs=_legs(newest, language),
        readings=tuple(
            (outcome.at, outcome_text(outcome, outcome.verdict, language))
            for outcome in reversed(cell.hour[-READINGS:])
        ),
    )


def _spans(outcome: Outcome, language: Language) -> tuple[CellSpan, ...]:
    say, phases = language.say, outcome.phases
    rows = (
        (say("Nom (DNS)"), Phase.DNS, phases.dns),
        (say("Connexion"), Phase.CONNECT, phases.connect),
        (say("Chiffrement (TLS)"), Phase.TLS, phases.tls),
        (say("Premier octet"), Phase.FIRST_BYTE, phases.first_byte),
    )
    return tuple(
        CellSpan(
            name,
            "–" if length is None else language.milliseconds(length),
            ended=outcome.phase is phase,
        )
        for name, phase, length in rows
    )


def _legs(outcome: Outcome, language: Language) -> tuple[PhaseBar, ...]:
    return tuple(
        PhaseBar(
            urlsplit(hop.url).hostname or hop.url,
            language.say("sans réponse") if hop.http_status is None else f"HTTP {hop.http_status}",
        )
        for hop in outcome.hops
    )

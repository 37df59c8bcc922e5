"""The detail of a cell: its last attempt in full, and the readings before it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from dashboard.monitoring.cell import GridCell
from dashboard.monitoring.cell_text import outcome_text
from dashboard.translations import Language
from dashboard.translations.outcome_messages import outcome_sentence
from procedure.handbook.model import TargetWords
from procedure.monitoring.model import Outcome, Phase, Target

READINGS = 5  # of the last ones


def detail(
    cell: GridCell, target: Target, words: TargetWords, language: Language
) -> dict[str, Any]:
    """Return what the template `cell_detail` shows of a cell.

    `phases` are those of the last attempt: name, length, and whether it ended there. `hops` are the
    hosts that it went through, and what each answered. `readings` are newest first.
    """
    newest = cell.newest
    shown = {"url": target.url, "note": words.note, "newest": newest}
    if newest is None:
        return shown | {"sentence": language.say("Premier relevé en cours.")}
    return shown | {
        "sentence": outcome_sentence(newest, language),
        "phases": _phases(newest, language),
        "hops": _hops(newest, language),
        "readings": [
            (outcome.at, outcome_text(outcome, outcome.status, language))
            for outcome in reversed(cell.hour[-READINGS:])
        ],
    }


def _phases(outcome: Outcome, language: Language) -> tuple[tuple[str, str, bool], ...]:
    say, phases = language.say, outcome.phases
    rows = (
        (say("Nom (DNS)"), Phase.DNS, phases.dns),
        (say("Connexion"), Phase.CONNECT, phases.connect),
        (say("Chiffrement (TLS)"), Phase.TLS, phases.tls),
        (say("Premier octet"), Phase.FIRST_BYTE, phases.first_byte),
    )
    return tuple(
        (
            name,
            "–" if length is None else language.milliseconds(length),
            outcome.phase is phase,
        )
        for name, phase, length in rows
    )


def _hops(outcome: Outcome, language: Language) -> tuple[tuple[str, str], ...]:
    return tuple(
        (
            urlsplit(hop.url).hostname or hop.url,
            language.say("sans réponse") if hop.http_status is None else f"HTTP {hop.http_status}",
        )
        for hop in outcome.hops
    )

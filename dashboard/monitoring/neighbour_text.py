"""What a neighbour sees, in words: how old it is, why it is missing, how it stands beside ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.monitoring.cell_text import CellText
from dashboard.monitoring.neighbours import NeighbourCell
from dashboard.monitoring.workstation_text import status_text
from dashboard.translations import Language
from dashboard.translations.sentences import lower_first
from procedure.monitoring import messages as causes
from procedure.monitoring.model import Status
from procedure.monitoring.neighbours import BoardProblem


@dataclass(frozen=True, slots=True)
class NeighbourText:
    """What a neighbour sees in words without an end, and how long ago, None when it is no matter.

    The page joins them, since an age grows while it is read.
    """

    text: str
    age: timedelta | None = None


def neighbour_cell_text(cell: NeighbourCell, language: Language, now: datetime) -> CellText:
    """Put a neighbour's cell into words; the reason is its age, or why there is none."""
    say = language.say
    if cell.at is None:
        return CellText("unknown", say("Inconnu"), say("Inconnu"), why(cell.problem, language))
    if cell.stale:
        at = language.moment(cell.at, now, short=True)
        return CellText("clock", say("Pas relevé"), say("Pas relevé"), say("depuis {at}", at=at))
    return CellText(cell.verdict.value, *status_text(cell.verdict, language))


def neighbour_text(
    cell: NeighbourCell, ours: Status, language: Language, now: datetime
) -> NeighbourText:
    """Say what a neighbour sees beside what we see: that Alma fails there too, 40 s ago."""
    say, name = language.say, cell.neighbour.name
    if cell.at is None or cell.stale:
        return NeighbourText(say("{name}\u202f: rien de récent", name=name))
    if cell.verdict is ours and ours is Status.DOWN:
        return NeighbourText(say("{name}\u202f: échoue aussi", name=name), now - cell.at)
    word = lower_first(neighbour_cell_text(cell, language, now).word)
    cause = causes.cause_name(cell.cause, language.code) if cell.cause else ""
    text = f"{word} ({cause})" if cause else word
    return NeighbourText(say("{name}\u202f: {word}", name=name, word=text), now - cell.at)


def why(broken: BoardProblem | None, language: Language) -> str:
    """Say why a neighbour tells nothing new; empty while it does."""
    say = language.say
    return {
        None: "",
        BoardProblem.NOT_YET: say("relevé en cours"),
        BoardProblem.UNREACHABLE: say("sans réponse"),
        BoardProblem.REFUSED: say("refusé"),
        BoardProblem.ELSEWHERE: say("renvoie ailleurs"),
        BoardProblem.TOO_LARGE: say("illisible"),
        BoardProblem.SHAPE: say("illisible"),
        BoardProblem.CLOCK: say("horloge fausse"),
    }[broken]

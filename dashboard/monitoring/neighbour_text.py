"""What a neighbour sees, in words: how old it is, why it is missing, how it stands beside ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.guide.suggestion_text import within
from dashboard.monitoring.cell_text import Glance
from dashboard.monitoring.neighbours import Beside
from dashboard.monitoring.workstation_text import verdict_words
from dashboard.translations import Language
from procedure.monitoring import messages as causes
from procedure.monitoring.model import Verdict
from procedure.monitoring.neighbours import Broken


@dataclass(frozen=True, slots=True)
class Told:
    """What a neighbour sees in words without an end, and how long ago, None when it is no matter.

    The page joins them, since an age grows while it is read.
    """

    text: str
    age: timedelta | None = None


def beside_glance(beside: Beside, language: Language, now: datetime) -> Glance:
    """Put a neighbour's cell into words; the reason is its age, or why there is none."""
    say = language.say
    if beside.at is None:
        return Glance("unknown", say("Inconnu"), say("Inconnu"), why(beside.broken, language))
    if beside.stale:
        at = language.moment(beside.at, now, short=True)
        return Glance("clock", say("Pas relevé"), say("Pas relevé"), say("depuis {at}", at=at))
    return Glance(beside.verdict.value, *verdict_words(beside.verdict, language))


def beside_sentence(beside: Beside, ours: Verdict, language: Language, now: datetime) -> Told:
    """Say what a neighbour sees beside what we see: that Alma fails there too, 40 s ago."""
    say, name = language.say, beside.neighbour.name
    if beside.at is None or beside.stale:
        return Told(say("{name}\u202f: rien de récent", name=name))
    if beside.verdict is ours and ours is Verdict.DOWN:
        return Told(say("{name}\u202f: échoue aussi", name=name), now - beside.at)
    word = within(beside_glance(beside, language, now).word)
    cause = causes.name(beside.cause, language.code) if beside.cause else ""
    told = f"{word} ({cause})" if cause else word
    return Told(say("{name}\u202f: {word}", name=name, word=told), now - beside.at)


def why(broken: Broken | None, language: Language) -> str:
    """Say why a neighbour tells nothing new; empty while it does."""
    say = language.say
    return {
        None: "",
        Broken.NOT_YET: say("relevé en cours"),
        Broken.UNREACHABLE: say("sans réponse"),
        Broken.REFUSED: say("refusé"),
        Broken.ELSEWHERE: say("renvoie ailleurs"),
        Broken.TOO_LARGE: say("illisible"),
        Broken.SHAPE: say("illisible"),
        Broken.CLOCK: say("horloge fausse"),
    }[broken]

"""Keywords for judging a status page that is written for people; a library may set its own."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from procedure.status_pages import phrases
from procedure.status_pages.update_labels import update_of


class LineTone(StrEnum):
    """What a line of prose expresses."""

    NOTHING = "nothing"
    CLOSED = "closed"
    PLANNED = "planned"
    INCIDENT = "incident"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Keywords:
    """Words and phrases in several languages, matched whole and without regard to case.

    A `*` stands for the rest of a word.

    The label of an update decides ("Resolved - The cause is not known"). Otherwise the fields are
    tried in order, on what the line says of the present. A `doubt` word cancels a reassurance ("not
    resolved" is not closed, "operational except Alma" is not nothing), unless it is part of the
    reassuring phrase ("not aware of any issue"). A line that both reassures and alarms ("login ok,
    loans degraded") is `mixed` and left to a person.
    """

    doubt: tuple[str, ...] = phrases.DOUBT
    nothing: tuple[str, ...] = phrases.NOTHING
    closed: tuple[str, ...] = phrases.CLOSED
    planned: tuple[str, ...] = phrases.PLANNED
    incident: tuple[str, ...] = phrases.INCIDENT

    def tone(self, line: str) -> LineTone | None:
        """Return the tone of a line, or None when it contains none of the words."""
        line = line.replace("’", "'")
        update = update_of(line)
        if update and update.is_closing:
            return LineTone.CLOSED
        tone = self._tone_of_words(_ABOUT_LATER.sub(" ", line))
        # An update such as "Monitoring - All is well" belongs to an incident that is open.
        return LineTone.INCIDENT if update and tone in {None, *_REASSURING} else tone

    def mentions_planned_work(self, line: str) -> bool:
        """Return whether the line mentions planned work, over or not."""
        return _any(self.planned).search(line) is not None

    def without_tone(self, line: str) -> str:
        """Return a line without the words about trouble or its end."""
        words = (*self.nothing, *self.closed, *self.incident, *self.doubt)
        return _any(words).sub(" ", line.replace("’", "'"))

    def _tone_of_words(self, line: str) -> LineTone | None:
        rest = _any((*self.nothing, *phrases.RESTORED)).sub(" ", line)
        doubtful = _any(self.doubt).search(rest) is not None
        tone = self._first(line, doubtful=doubtful)
        if tone is not LineTone.NOTHING:
            return tone
        rest = self._first(_any(self.nothing).sub(" ", line), doubtful=False)
        return LineTone.MIXED if rest in {LineTone.PLANNED, LineTone.INCIDENT} else LineTone.NOTHING

    def _first(self, line: str, *, doubtful: bool) -> LineTone | None:
        for tone, words in self._table():
            if not (doubtful and tone in _REASSURING) and _any(words).search(line):
                return tone
        return None

    def _table(self) -> tuple[tuple[LineTone, tuple[str, ...]], ...]:
        return (
            (LineTone.NOTHING, self.nothing),
            (LineTone.CLOSED, self.closed),
            (LineTone.PLANNED, self.planned),
            (LineTone.INCIDENT, self.incident),
        )


@cache
def _any(words: tuple[str, ...]) -> re.Pattern[str]:
    if not words:
        return re.compile(r"(?!)")
    each = (re.escape(word).replace(r"\*", r"\w*") for word in words)
    return re.compile(rf"(?<!\w)(?:{'|'.join(each)})(?!\w)", re.IGNORECASE)


_REASSURING = frozenset({LineTone.NOTHING, LineTone.CLOSED})

# What shall not happen later says nothing about the present.
_ABOUT_LATER = re.compile(
    r"(?<!\w)(?:"
    r"to (?:help )?(?:prevent|avoid)|(?:prevent|avoid)(?:ing)? (?:this|it|similar|such|future"
    r"|further|a recurrence|recurrence)|from happening again"
    r"|(?:not|never) (?:happen again|recur\w*)"
    r"|(?:pour|afin d[e'] ?|d[e'] ?) ?(?:éviter|empêcher|prévenir)|ne se (?:reprodui|répèt)\w*"
    r"|damit (?=[^.!?;]*(?:nicht|nie) (?:wieder|mehr|erneut))"
    r"|um (?=[^.!?;,]* zu (?:verhindern|vermeiden))"
    r"|(?:nicht|nie) (?:wieder|mehr|erneut) (?:vorkomm|auftret|passier|gescheh)\w*"
    r"|(?:per|di) (?:evitare|prevenire|impedire)|non si (?:ripet|verific)\w*"
    r")[^.!?;]*",
    re.IGNORECASE,
)

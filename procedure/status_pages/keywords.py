"""Keywords for judging status pages written for people; a library may set its own keywords."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from procedure.status_pages import phrases
from procedure.status_pages.update_labels import update_of


class LineTone(StrEnum):
    """The tone of a line of prose."""

    NOTHING = "nothing"
    CLOSED = "closed"
    PLANNED = "planned"
    INCIDENT = "incident"
    MIXED = "mixed"
    # About another time or another system: the line does not say whether our system is working now.
    ASIDE = "aside"


@dataclass(frozen=True, slots=True)
class Keywords:
    """Words and phrases in several languages, matched whole, ignoring case.

    A `*` stands for the rest of a word. A `~` stands for up to three words without a negation.

    These rules apply to a line:

    - The label of an update takes precedence ("Resolved - The cause is not known").
    - Otherwise, `nothing`, `closed`, `planned` and `incident` are tried in this order, on the parts
      of the line about the present.
    - A `doubt` word cancels a reassurance: "not resolved" is not `closed`, and "operational except
      Alma" is not `nothing`. A `doubt` word that is part of the reassuring phrase does not count
      ("not aware of any issue").
    - A line is `mixed` if it both reassures and alarms ("login ok, loans degraded"), or if it
      retracts a reassurance and reports nothing else. A person has to judge such a line.
    """

    doubt: tuple[str, ...] = phrases.DOUBT
    nothing: tuple[str, ...] = phrases.NOTHING
    closed: tuple[str, ...] = phrases.CLOSED
    planned: tuple[str, ...] = phrases.PLANNED
    incident: tuple[str, ...] = phrases.INCIDENT

    def tone(self, line: str) -> LineTone | None:
        """Return the tone of a line, or None if it contains none of the words."""
        line = line.replace("’", "'")
        update = update_of(line)
        if update and update.is_closing:
            return LineTone.CLOSED
        tone = self._tone_of_words(_ABOUT_LATER.sub(" ", line))
        # An update such as "Monitoring - All is well" belongs to an open incident.
        return LineTone.INCIDENT if update and tone in {None, *REASSURING} else tone

    def tone_while_open(self, line: str) -> LineTone | None:
        return self._first(line.replace("’", "'"), doubtful=True)

    @property
    def trouble(self) -> re.Pattern[str]:
        """The pattern that matches words for trouble."""
        return _any(self.incident)

    def mentions_planned_work(self, line: str) -> bool:
        """Return whether the line mentions planned work, past or future."""
        return _any(self.planned).search(line) is not None

    def without_tone(self, line: str) -> str:
        """Return a line without words for doubt, trouble, and the absence or end of trouble."""
        words = (*self.nothing, *self.closed, *self.incident, *self.doubt)
        return _any(words).sub(" ", line.replace("’", "'"))

    def _tone_of_words(self, line: str) -> LineTone | None:
        doubtful = self._is_doubtful(line)
        tone = self._first(line, doubtful=doubtful)
        if doubtful and _any((*self.nothing, *self.closed)).search(_affirmed(line)):
            return self._tone_of_taken_back(line, tone)
        if tone is LineTone.CLOSED and (but := BUT.search(line)):
            return self._first(line[but.end() :], doubtful=True) or LineTone.MIXED
        if tone is not LineTone.NOTHING:
            return tone
        rest = _any(self.nothing).sub(" ", line)
        others = self._first(rest, doubtful=self._has_doubt(rest))
        return LineTone.MIXED if others in {LineTone.PLANNED, LineTone.INCIDENT} else tone

    def _tone_of_taken_back(self, line: str, tone: LineTone | None) -> LineTone:
        """Return the tone of a line that retracts its reassurance.

        If a clause reports that trouble has ended ("issue resolved"), the trouble counts as still
        open only if this clause contains a doubt word or another clause reports trouble.
        """
        clauses = [clause for clause in CLAUSE_END.split(line) if clause.strip("-–—. ")]
        ended = [
            clause
            for clause in clauses
            if _any(self.closed).search(clause) and not self._is_doubtful(clause)
        ]
        others = [self._first(clause, doubtful=True) for clause in clauses if clause not in ended]
        if tone is LineTone.INCIDENT and ended and LineTone.INCIDENT not in others:
            return LineTone.MIXED
        if tone is None and not ended and _any(self.closed).search(line):
            return LineTone.INCIDENT  # "not yet restored" means that the trouble is still going on
        return tone or LineTone.MIXED

    def _is_doubtful(self, line: str) -> bool:
        """Return whether a word retracts the line's reassurance.

        A plain negative ("no outage") can be retracted only by a word in its own clause or by a
        "but".
        """
        clauses = CLAUSE_END.split(line)
        denials = [clause for clause in clauses if _any(phrases.DENIALS).search(clause)]
        text = " , ".join(denials) if denials and not BUT.search(line) else line
        return self._has_doubt(_any((*self.nothing, *phrases.RESTORED)).sub(" ", text))

    def _has_doubt(self, text: str) -> bool:
        return _any(self.doubt).search(_ASIDE.sub(" ", text)) is not None

    def _first(self, line: str, *, doubtful: bool) -> LineTone | None:
        for tone, words in self._table():
            if tone in REASSURING and (doubtful or not _any(words).search(_affirmed(line))):
                continue
            if _any(words).search(line):
                return tone
        return None

    def _table(self) -> tuple[tuple[LineTone, tuple[str, ...]], ...]:
        return (
            (LineTone.NOTHING, self.nothing),
            (LineTone.CLOSED, self.closed),
            (LineTone.PLANNED, self.planned),
            (LineTone.INCIDENT, self.incident),
        )


_SOME_WORDS = r"(?:(?!(?:nicht|noch|pas|plus|non|not|no) )\w+ ){0,3}?"


def _affirmed(line: str) -> str:
    """Return the line without negated phrases: "non è disponibile" contains "è disponibile"."""
    return _any(phrases.ABSENT).sub(" ", line)


@cache
def _any(words: tuple[str, ...]) -> re.Pattern[str]:
    if not words:
        return re.compile(r"(?!)")
    # All word endings ("*störung*") go into a single group, because each separate alternative would
    # rescan the whole word.
    ends = [_escaped(word[1:]) for word in words if word.startswith("*")]
    whole = [_escaped(word) for word in words if not word.startswith("*")]
    firsts = "".join({re.escape(word[0]) for word in whole}) + (r"\w" if ends else "")
    ends = [rf"\w*(?:{'|'.join(ends)})"] if ends else []
    return re.compile(rf"(?<!\w)(?=[{firsts}])(?:{'|'.join(whole + ends)})(?!\w)", re.IGNORECASE)


def _escaped(word: str) -> str:
    return re.escape(word).replace(r"\*", r"\w*").replace(r"\~\ ", _SOME_WORDS)


REASSURING = frozenset({LineTone.NOTHING, LineTone.CLOSED})

# Statements about the future or a condition say nothing about the present.
_ABOUT_LATER = re.compile(
    r"(?<!\w)(?:"
    r"(?:in case of|if you (?:have|experience|encounter|notice)|to report|report (?:an?|any))(?!\w)"
    r"|(?:en cas d[e'] ?|signale[rz] (?:une?|tout))"
    r"|bei (?:fragen|problemen|störungen|fehlern|schwierigkeiten)(?=[^.!?;]* (?:sie|uns|an))"
    r"|in caso di|segnala\w* (?:un|ogni)|"
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

CLAUSE_END = re.compile(r"[,;:.!?()]\s|\s[-–—|]\s")
BUT = re.compile(
    r"(?<!\w)(?:but|however|except\w*|although|mais|toutefois|cependant|néanmoins|sauf|hormis"
    r"|aber|jedoch|allerdings|doch|ausser|außer|ausgenommen|ma|però|tuttavia|tranne)(?!\w)",
    re.IGNORECASE,
)
# Negations in a reason ("because …"), a caveat ("subject to …") or the past tense say nothing
# about the present.
_ASIDE = re.compile(
    r"(?<!\w)(?:"
    r"(?:because|as|since|da|weil|denn|car|puisque|parce qu\w*|perché|poiché)\s[^.!?;]*"
    r"|(?:vorbehaltlich|sous réserve|subject to|barring|sauf imprévus?|salvo)\s[^.!?;,–—]*"
    r"|(?:was|were|had|did) not(?!\w)|n'(?:était|étaient|a|ont)(?: pas)?(?!\w)"
    r"|non (?:era|erano|ha)(?!\w)"
    r"|n(?:e |')\w+ai(?:t|ent) pas|pas (?:besoin|nécessaire)|nicht (?:nötig|notwendig|erforderlich)"
    r"|(?:do|does) not (?:need|have) to|non (?:occorre|è necessario)"
    r"|konnten?\s[^.!?;,]{0,60}?werden(?!\w)|(?:war|waren|wurde|wurden)\s[^.!?;,]{0,60}?nicht(?!\w)"
    r")",
    re.IGNORECASE,
)

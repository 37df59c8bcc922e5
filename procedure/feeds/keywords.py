"""Words by which a page written for people is judged: inferred, and a library may set its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class Tone(StrEnum):
    """What a line of prose tells."""

    NOTHING = "nothing"
    CLOSED = "closed"
    PLANNED = "planned"
    INCIDENT = "incident"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Keywords:
    """Whole words or phrases, capitals or not, in the languages of the page; `*` ends a prefix.

    They are tried in the order of the fields below. `doubt` takes the reassurance out of a line:
    "not resolved" is not closed, "operational except Alma" is not nothing. A line that reassures
    and alarms at once ("login ok, loans degraded") is mixed: a person has to read it.
    """

    doubt: tuple[str, ...] = (
        *("not", "will be", "being", "except*", "once", "until", "no longer"),
        *("investigating", "reopened", "again", "recurr*", "à nouveau", "de nouveau", "wieder"),
        *("to be", "expected to", "should", "partially"),
        *("pas encore", "n'est pas", "sauf", "excepté*", "sera", "seront", "non résolu*"),
        *("devrai*", "partiellement", "en cours de", "résolution en cours"),
        *("retour à la normale prévu", "retour à la normale attendu"),
        *("nicht", "außer", "ausser", "wird", "werden", "ausgenommen", "non ancora", "tranne"),
    )
    nothing: tuple[str, ...] = (
        *("no incident*", "no current incident*", "no known issue*", "no known incident*"),
        *("no open incident*", "no active incident*", "no outage*", "no disruption*"),
        *("operational", "operating normally", "ok"),
        *("aucun incident", "aucune panne", "aucune perturbation", "aucun problème"),
        *("pas d'incident", "fonctionne normalement", "opérationnel*"),
        *("keine störung*", "keine aktuellen störung*", "keine bekannten störung*"),
        *("keine vorfälle", "keine probleme", "in betrieb"),
        *("nessun incidente", "nessun problema", "operativo"),
    )
    closed: tuple[str, ...] = (
        *("resolved", "closed", "completed", "fixed", "restored", "recovered", "back to normal"),
        *("résolu*", "terminé*", "clos", "close", "rétabli*", "retour à la normale"),
        *("fin de l'incident", "fin d'incident", "fin de la panne"),
        *("behoben", "gelöst", "abgeschlossen", "beendet", "risolto", "concluso"),
    )
    planned: tuple[str, ...] = (
        *("planned", "scheduled", "maintenance", "upgrade"),
        *("planifié*", "prévu*", "travaux", "mise à jour"),
        *("geplant*", "wartung*", "unterhalt*", "pianificat*", "manutenzione"),
    )
    incident: tuple[str, ...] = (
        *("incident*", "outage*", "disruption*", "degraded", "degradation*", "unavailable"),
        *("down", "error*", "slow*", "issue*", "problem*", "investigating", "identified"),
        *("panne*", "perturbation*", "interruption*", "indisponible*", "dégradé*", "ralenti*"),
        *("störung*", "ausfall*", "unterbruch*", "nicht verfügbar", "eingeschränkt*", "vorf*"),
        *("guasto", "interruzion*", "problema"),
    )

    def tone(self, line: str) -> Tone | None:
        """Tell the tone of a line; None when no word of the table is in it."""
        line = line.replace("’", "'")
        doubtful = _any(self.doubt).search(line) is not None
        tone = self._first(line, doubtful=doubtful)
        if tone is not Tone.NOTHING:
            return tone
        rest = self._first(_any(self.nothing).sub(" ", line), doubtful=False)
        return Tone.MIXED if rest in {Tone.PLANNED, Tone.INCIDENT} else Tone.NOTHING

    def without_tone(self, line: str) -> str:
        """Return a line without the words that tell of trouble or of its end, whole words."""
        words = (*self.nothing, *self.closed, *self.incident, *self.doubt)
        return _whole(words).sub(" ", line.replace("’", "'"))

    def tells_of_work(self, line: str) -> bool:
        """Tell whether the line speaks of planned work, over or not."""
        return _any(self.planned).search(line) is not None

    def _first(self, line: str, *, doubtful: bool) -> Tone | None:
        for tone, words in self._table():
            reassuring = tone in {Tone.NOTHING, Tone.CLOSED}
            if not (reassuring and doubtful) and _any(words).search(line):
                return tone
        return None

    def _table(self) -> tuple[tuple[Tone, tuple[str, ...]], ...]:
        return (
            (Tone.NOTHING, self.nothing),
            (Tone.CLOSED, self.closed),
            (Tone.PLANNED, self.planned),
            (Tone.INCIDENT, self.incident),
        )


@cache
def _any(words: tuple[str, ...]) -> re.Pattern[str]:
    if not words:
        return re.compile(r"(?!)")
    each = (
        re.escape(one.removesuffix("*")) + (r"" if one.endswith("*") else r"(?!\w)")
        for one in words
    )
    return re.compile(rf"(?<!\w)(?:{'|'.join(each)})", re.IGNORECASE)


@cache
def _whole(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"{_any(words).pattern}\w*", re.IGNORECASE)

"""Words by which a page written for people is judged: inferred, and a library may set its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class LineTone(StrEnum):
    """What a line of prose tells."""

    NOTHING = "nothing"
    CLOSED = "closed"
    PLANNED = "planned"
    INCIDENT = "incident"
    MIXED = "mixed"


def _negated(negations: tuple[str, ...], troubles: tuple[str, ...]) -> tuple[str, ...]:
    """Combine each negation with each trouble: only what stands next to it is negated."""
    return tuple(f"{no} {trouble}".replace("' ", "'") for no in negations for trouble in troubles)


# "No major outage" and "no new incidents" leave the others open: they are not among these.
_FRENCH = _negated(
    ("aucun", "aucune", "pas de", "pas d'", "sans"),
    ("incident*", "panne*", "perturbation*", "problème*", "interruption*", "dysfonctionnement*"),
)
_ENGLISH = _negated(
    (
        *(f"no{word}" for word in ("", " known", " current", " open", " active", " ongoing")),
        *("no reported", "not aware of any", "not experiencing any", "without"),
    ),
    (
        *("incident*", "outage*", "disruption*", "issue*", "problem*", "interruption*"),
        *("error*", "degradation*"),
    ),
)
_GERMAN = _negated(
    (
        *("kein", "keine", "keinen", "keinerlei", "ohne"),
        *(f"keine {word}" for word in ("bekannten", "aktuellen", "gemeldeten", "offenen")),
    ),
    (
        *("störung*", "ausfall*", "ausfäll*", "unterbruch*", "unterbrüch*", "problem*", "vorf*"),
        *("einschränkung*", "beeinträchtigung*"),
    ),
)
_ITALIAN = _negated(
    ("nessun", "nessuna", "non ci sono", "non risultano", "non si segnalano", "senza"),
    ("incident*", "problem*", "guast*", "interruzion*", "disserviz*"),
)


@dataclass(frozen=True, slots=True)
class Keywords:
    """Whole words or phrases, capitals or not, in the languages of the page; `*` ends a prefix.

    They are tried in the order of the fields below. `doubt` takes the reassurance out of a line:
    "not resolved" is not closed, "operational except Alma" is not nothing; within the words of a
    reassurance ("not aware of any issue") it is none. A line that reassures and alarms at once
    ("login ok, loans degraded") is mixed: a person has to read it.
    """

    doubt: tuple[str, ...] = (
        *("not", "will be", "being", "except*", "once", "until", "no longer"),
        *("investigating", "reopened", "again", "recurr*", "à nouveau", "de nouveau", "wieder"),
        *("to be", "expected to", "should", "partially"),
        *(
            "pas encore",
            "pas de retour",
            "n'est pas",
            "sauf",
            "excepté*",
            "sera",
            "seront",
            "non résolu*",
        ),
        *("devrai*", "partiellement", "en cours de", "résolution en cours"),
        *("retour à la normale prévu", "retour à la normale attendu"),
        *("nicht", "außer", "ausser", "wird", "werden", "ausgenommen", "non ancora", "tranne"),
    )
    nothing: tuple[str, ...] = (
        *(*_ENGLISH, "not down", "operational", "operating normally", "ok"),
        *(*_FRENCH, "n'est pas en panne", "n'est pas perturbé*"),
        *("fonctionne normalement", "opérationnel*"),
        *(*_GERMAN, "nicht gestört", "nicht betroffen", "in betrieb"),
        *(*_ITALIAN, "operativo"),
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
        *("dysfonctionnement*", "störung*", "gestört*", "ausfall*", "ausfäll*", "unterbruch*"),
        *("unterbrüch*", "nicht verfügbar", "eingeschränkt*", "beeinträchtig*", "vorf*"),
        *("guast*", "interruzion*", "problema", "disserviz*"),
    )

    def tone(self, line: str) -> LineTone | None:
        """Tell the tone of a line; None when no word of the table is in it."""
        line = line.replace("’", "'")
        doubtful = _any(self.doubt).search(_any(self.nothing).sub(" ", line)) is not None
        tone = self._first(line, doubtful=doubtful)
        if tone is not LineTone.NOTHING:
            return tone
        rest = self._first(_any(self.nothing).sub(" ", line), doubtful=False)
        return LineTone.MIXED if rest in {LineTone.PLANNED, LineTone.INCIDENT} else LineTone.NOTHING

    def without_tone(self, line: str) -> str:
        """Return a line without the words that tell of trouble or of its end, whole words."""
        words = (*self.nothing, *self.closed, *self.incident, *self.doubt)
        return _whole(words).sub(" ", line.replace("’", "'"))

    def tells_of_work(self, line: str) -> bool:
        """Tell whether the line speaks of planned work, over or not."""
        return _any(self.planned).search(line) is not None

    def _first(self, line: str, *, doubtful: bool) -> LineTone | None:
        for tone, words in self._table():
            reassuring = tone in {LineTone.NOTHING, LineTone.CLOSED}
            if not (reassuring and doubtful) and _any(words).search(line):
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
    each = (
        re.escape(one.removesuffix("*")) + (r"" if one.endswith("*") else r"(?!\w)")
        for one in words
    )
    return re.compile(rf"(?<!\w)(?:{'|'.join(each)})", re.IGNORECASE)


@cache
def _whole(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"{_any(words).pattern}\w*", re.IGNORECASE)

"""Keywords for judging a status page that is written for people; a library may set its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class LineTone(StrEnum):
    """What a line of prose expresses."""

    NOTHING = "nothing"
    CLOSED = "closed"
    PLANNED = "planned"
    INCIDENT = "incident"
    MIXED = "mixed"


def _negated(negations: tuple[str, ...], troubles: tuple[str, ...]) -> tuple[str, ...]:
    """Combine each negation with each trouble; only the word next to it is negated."""
    return tuple(f"{no} {trouble}".replace("' ", "'") for no in negations for trouble in troubles)


# Without "no major" and "no new": these leave other troubles open.
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
    """Words and phrases in several languages, matched whole and without regard to case.

    A final `*` makes a prefix.

    The fields are tried in order. A `doubt` word cancels a reassurance ("not resolved" is not
    closed, "operational except Alma" is not nothing), unless it is part of the reassuring phrase
    ("not aware of any issue"). A line that both reassures and alarms ("login ok, loans degraded")
    is `mixed` and left to a person.
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
        """Return the tone of a line, or None when it contains none of the words."""
        line = line.replace("’", "'")
        doubtful = _any(self.doubt).search(_any(self.nothing).sub(" ", line)) is not None
        tone = self._first(line, doubtful=doubtful)
        if tone is not LineTone.NOTHING:
            return tone
        rest = self._first(_any(self.nothing).sub(" ", line), doubtful=False)
        return LineTone.MIXED if rest in {LineTone.PLANNED, LineTone.INCIDENT} else LineTone.NOTHING

    def without_tone(self, line: str) -> str:
        """Return a line without the words about trouble or its end, matched as whole words."""
        words = (*self.nothing, *self.closed, *self.incident, *self.doubt)
        return _whole(words).sub(" ", line.replace("’", "'"))

    def mentions_planned_work(self, line: str) -> bool:
        """Return whether the line mentions planned work, over or not."""
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
        re.escape(word.removesuffix("*")) + (r"" if word.endswith("*") else r"(?!\w)")
        for word in words
    )
    return re.compile(rf"(?<!\w)(?:{'|'.join(each)})", re.IGNORECASE)


@cache
def _whole(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"{_any(words).pattern}\w*", re.IGNORECASE)

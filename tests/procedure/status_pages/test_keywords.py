"""What a line of prose tells, in the four languages of the library's pages."""

from __future__ import annotations

import pytest

from procedure.status_pages.keywords import Keywords, LineTone


@pytest.mark.parametrize(
    ("line", "tone"),
    [
        ("No current incidents", LineTone.NOTHING),
        ("Aucune panne signalée", LineTone.NOTHING),
        ("Keine aktuellen Störungen", LineTone.NOTHING),
        ("Nessun problema noto", LineTone.NOTHING),
        ("Pas d’incident en cours", LineTone.NOTHING),
        ("Alma | OK | last incident resolved", LineTone.NOTHING),
        ("Outage resolved", LineTone.CLOSED),
        ("Störung behoben", LineTone.CLOSED),
        ("Incident résolu à 10:00", LineTone.CLOSED),
        ("Retour à la normale à 10:00", LineTone.CLOSED),
        ("Alma is back to normal", LineTone.CLOSED),
        ("The outage is expected to be resolved at 10:00", LineTone.INCIDENT),
        ("Panne en cours de résolution", LineTone.INCIDENT),
        ("Planned interruption on Sunday", LineTone.PLANNED),
        ("Wartungsarbeiten am Sonntag", LineTone.PLANNED),
        ("Travaux de maintenance", LineTone.PLANNED),
        ("Alma est indisponible", LineTone.INCIDENT),
        ("Alma ist nicht verfügbar", LineTone.INCIDENT),
        ("We are investigating", LineTone.INCIDENT),
        ("The outage is not resolved", LineTone.INCIDENT),
        ("Incident pas encore résolu", LineTone.INCIDENT),
        ("The outage will be resolved soon", LineTone.INCIDENT),
        ("All systems operational except Alma", None),
        ("Login ok, loans degraded", LineTone.MIXED),
        ("Okta, download, unplanned", None),
        ("Welcome", None),
        ("", None),
    ],
)
def test_tone_of_a_line(line: str, tone: LineTone | None) -> None:
    assert Keywords().tone(line) is tone


# What pages say on quiet days, and the alarms that look like it.
QUIET = (
    "Nous n’avons pas de panne connue",
    "Nous n'avons actuellement pas d’incident",
    "Il n’y a pas de perturbation en ce moment",
    "Pas de problème signalé",
    "Aucun dysfonctionnement connu",
    "Aucune interruption de service en cours",
    "Alma fonctionne sans problème",
    "Alma n’est pas en panne",
    "Le service n’est pas perturbé",
    "There are no known outages",
    "No known problems",
    "There are currently no issues",
    "No reported errors",
    "We are not aware of any issues",
    "We are not experiencing any disruption",
    "Alma is not down",
    "No ongoing interruptions",
    "Derzeit sind keine Ausfälle bekannt",
    "Es liegen keine bekannten Probleme vor",
    "Kein Ausfall",
    "Keinerlei Einschränkungen",
    "Alma läuft ohne Störung",
    "Uns sind keine Unterbrüche bekannt",
    "Alma ist nicht gestört",
    "Non ci sono problemi",
    "Nessuna interruzione",
    "Nessun guasto noto",
    "Non si segnalano disservizi",
    "Alma funziona senza problemi",
)
ALARMS = (
    "Nous n’avons pas de nouvelles de la panne",
    "Nous n’avons pas encore de solution à l’incident",
    "Pas d’accès à Alma, panne en cours",
    "Aucune amélioration de la panne",
    "Aucune connexion : incident en cours",
    "Alma n’est pas disponible, incident en cours",
    "Panne : pas de retour à la normale",
    "La panne n’est pas résolue",
    "No progress on the outage",
    "No access to Alma because of an outage",
    "No major outage, but errors in Alma",
    "The issue is not resolved",
    "We have no news about the incident",
    "No new incidents",
    "No end of the disruption in sight",
    "Kein Zugriff wegen Störung",
    "Keine Verbesserung der Störung",
    "Die Störung ist nicht behoben",
    "Keine neuen Ausfälle",
    "Ausfälle in Alma",
    "Nessun accesso ad Alma: guasto",
    "Nessuna soluzione al problema",
    "Non abbiamo notizie sul guasto",
    "Disservizi in corso",
)
MIXED = (
    "Nous n’avons pas de panne connue, mais les prêts sont ralentis",
    "No known outages, but loans are degraded",
    "Alma ist von der Störung nicht betroffen",
    "Keine Ausfälle, aber Störung bei Rapido",
    "Nessun guasto, ma interruzioni possibili",
)


@pytest.mark.parametrize("line", QUIET)
def test_tone_of_a_negated_trouble_is_ok(line: str) -> None:
    assert Keywords().tone(line) is LineTone.NOTHING
    assert Keywords().tone(f"Alma : {line[0].lower()}{line[1:]}.") is LineTone.NOTHING


@pytest.mark.parametrize("line", ALARMS)
def test_tone_of_another_negation_keeps_the_trouble(line: str) -> None:
    assert Keywords().tone(line) is LineTone.INCIDENT


@pytest.mark.parametrize("line", MIXED)
def test_tone_of_a_negated_and_another_trouble_is_unclear(line: str) -> None:
    assert Keywords().tone(line) is LineTone.MIXED


def test_tone_with_words_of_the_handbook() -> None:
    own = Keywords(doubt=(), nothing=("tutto bene",), incident=("guai*",))
    assert own.tone("Tutto bene") is LineTone.NOTHING
    assert own.tone("Guaio con Alma") is LineTone.INCIDENT
    assert own.tone("ok") is None

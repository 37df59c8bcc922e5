"""What a line of prose tells, in the four languages of the library's pages."""

from __future__ import annotations

import pytest

from procedure.feeds.keywords import Keywords, Tone


@pytest.mark.parametrize(
    ("line", "tone"),
    [
        ("No current incidents", Tone.NOTHING),
        ("Aucune panne signalée", Tone.NOTHING),
        ("Keine aktuellen Störungen", Tone.NOTHING),
        ("Nessun problema noto", Tone.NOTHING),
        ("Pas d’incident en cours", Tone.NOTHING),
        ("Alma | OK | last incident resolved", Tone.NOTHING),
        ("Outage resolved", Tone.CLOSED),
        ("Störung behoben", Tone.CLOSED),
        ("Incident résolu à 10:00", Tone.CLOSED),
        ("Retour à la normale à 10:00", Tone.CLOSED),
        ("Alma is back to normal", Tone.CLOSED),
        ("The outage is expected to be resolved at 10:00", Tone.INCIDENT),
        ("Panne en cours de résolution", Tone.INCIDENT),
        ("Planned interruption on Sunday", Tone.PLANNED),
        ("Wartungsarbeiten am Sonntag", Tone.PLANNED),
        ("Travaux de maintenance", Tone.PLANNED),
        ("Alma est indisponible", Tone.INCIDENT),
        ("Alma ist nicht verfügbar", Tone.INCIDENT),
        ("We are investigating", Tone.INCIDENT),
        ("The outage is not resolved", Tone.INCIDENT),
        ("Incident pas encore résolu", Tone.INCIDENT),
        ("The outage will be resolved soon", Tone.INCIDENT),
        ("All systems operational except Alma", None),
        ("Login ok, loans degraded", Tone.MIXED),
        ("Okta, download, unplanned", None),
        ("Welcome", None),
        ("", None),
    ],
)
def test_a_line_has_one_tone(line: str, tone: Tone | None) -> None:
    assert Keywords().tone(line) is tone


def test_a_library_may_set_its_own_words() -> None:
    own = Keywords(doubt=(), nothing=("tutto bene",), incident=("guai*",))
    assert own.tone("Tutto bene") is Tone.NOTHING
    assert own.tone("Guaio con Alma") is Tone.INCIDENT
    assert own.tone("ok") is None

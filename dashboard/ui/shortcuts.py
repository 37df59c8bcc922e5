"""The keys of the page, by place, as the help lists them."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.translations import Language

Shortcut = tuple[tuple[str, ...], str]


def shortcuts(language: Language) -> Sequence[tuple[str, Sequence[Shortcut]]]:
    """Return the title of each place with its keys and what they do."""
    say = language.say
    return (
        (
            say("Guide"),
            (
                (("1", "2"), say("répondre à la question, comme la lettre du bouton")),
                ((say("Entrée"),), say("confirmer les réponses proposées")),
                (("→",), say("confirmer une réponse à la fois")),
                (("P",), say("ouvrir les prêts")),
            ),
        ),
        (
            say("Prêts"),
            (
                ((say("Échap"),), say("fermer le lecteur")),
                (("F2",), say("carte oubliée")),
                (("F4",), say("retours sur le chariot")),
                (("F6",), say("inverser carte et document")),
                (("F7",), say("c’est la carte suivante, ou la carte oubliée")),
                (("F8",), say("annuler le dernier scan")),
                (("F9",), say("c’est juste, ou c’était un document")),
            ),
        ),
        (say("Partout"), ((("F1", "?"), say("ouvrir cette aide")),)),
    )

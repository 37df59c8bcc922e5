"""Texts of the scanner check."""

from dashboard.translations import Language


def scanner_texts(language: Language) -> dict[str, str]:
    """Return the text for each finding about a scanner, by key; the page fills in `{…}`."""
    say = language.say
    return {
        "scanner_end_Enter": say("Il finit par Entrée."),
        "scanner_end_Tab": say("Il finit par Tab."),
        "scanner_end_none": say(
            "Il n’envoie rien à la fin : une pause de {pause} ms finit le scan."
        ),
        "scanner_end_slow": say(
            "Il n’envoie rien à la fin, et va trop lentement : faites-le finir par Entrée."
        ),
        "scanner_layout_same": say("Clavier juste."),
        "scanner_layout_french": say("Clavier français, corrigé ici."),
        "scanner_layout_swiss": say("Majuscules verrouillées, corrigées ici."),
        "scanner_layout_other": say("Clavier mal réglé : lu {text}."),
        "scanner_speed": say("Au plus {gap} ms entre deux touches."),
        "scanner_typed": say("Rien de retenu : scannez le code-barres, ne le tapez pas."),
    }

"""Of what time a sentence of a status page speaks: of now, of what is to come, of its end.

Each pattern stays within one sentence, so its cost grows with the length of the line alone.
"""

import re

_REST = r"[^.!?;]{0,80}?"


def _pattern(*branches: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(branches)})(?!\w)", re.IGNORECASE)


# Trouble that is to come: "will be unavailable", "sera interrompu", "wird es zu Ausfällen kommen".
_FUTURE_TROUBLE = _pattern(
    rf"(?:will|shall|going to|to)\s(?:not\s)?be{_REST}\s"
    r"(?:\w*available|down|offline|interrupted|unreachable|inaccessible|out of service|slow\w*"
    r"|unusable|accessible|reachable|affected|degraded|disrupted|limited|read-only)",
    rf"will{_REST}\s(?:go (?:down|offline)|undergo\w*|experience|not work|not be possible|restart)",
    rf"ser(?:a|ont)\b{_REST}\s"
    r"(?:\w*disponibles?|\w*accessibles?|interromp\w+|coup\w+|arrêt\w+|perturb\w+|hors service"
    r"|ralenti\w*|impossibles?|suspend\w+|limit\w+|injoignables?|ferm\w+|dégradé\w*|mis\w* à jour)",
    r"(?:fonctionner(?:a|ont)|répondr(?:a|ont))\s(?:pas|plus)",
    r"subir(?:a|ont)\b|connaîtr(?:a|ont)\b|il y aura",
    rf"(?:wird|werden){_REST}\s(?:sein|stehen|kommen|geben|haben|funktionieren|durchgeführt"
    r"|eingespielt|installiert|aktualisiert|gewartet|heruntergefahren|abgeschaltet|umgestellt"
    r"|neu gestartet|migriert|ausfallen)",
    rf"sar(?:à|anno){_REST}\s"
    r"(?:\w*disponibil\w+|\w*raggiungibil\w+|\w*accessibil\w+|interrott\w+|sospes\w+|spent\w+"
    r"|fuori servizio|offline|ferm\w+|limitat\w+)",
    r"non (?:funzionerà|funzioneranno|risponderà)|subir(?:à|anno)|ci saranno",
)

# The end of a trouble, or the next news of it, is to come: this time is not one of planned work.
_FORECAST = _pattern(
    r"recover\w*|restor\w*|resol\w*|fix\w*|repair\w*|back (?:up|to|online|in)|eta"
    r"|(?:next|another|further|more) (?:update|information|news)|available again",
    r"retour\w*|rétabl\w*|réso\w+|répar\w*|correcti\w+|à nouveau|de nouveau"
    r"|prochain\w* (?:point|info\w*|mise à jour|communication|nouvelle\w*)",
    r"behob\w*|beheb\w*|gelöst|lösung|wiederher\w*|wieder|reparatur\w*|repariert|entstör\w*"
    r"|(?:nächst|weiter|neu)\w* (?:update|info\w*|meldung\w*|mitteilung\w*)",
    r"ripristin\w*|risol\w*|soluzion\w*|ritorn\w*|torner\w*|di nuovo|riparazion\w*"
    r"|prossim\w* (?:aggiornament\w*|informazion\w*|comunicazion\w*)",
)

# A trouble that has begun.
_NOW = _pattern(
    r"since|currently|at the moment|right now|at present|ongoing"
    r"|we are (?:experiencing|seeing|aware)",
    r"depuis|actuellement|en ce moment|à l'heure actuelle|en cours",
    r"seit|derzeit|aktuell|zurzeit|zur zeit|momentan|im moment|gegenwärtig|moment",
    r"da (?:ieri|oggi|stamattina|stamane)|attualmente|al momento|in corso|in questo momento",
)
_STATE = _pattern(
    r"(?:is|are|has been|have been) (?:\w+ ){0,2}?(?:down|\w*available|un\w+|in\w+ible|not \w+)",
    r"(?:est|sont) (?:\w+ ){0,2}?(?:indisponibles?|inaccessibles?|en panne|hors service|perturbé\w*"
    r"|interromp\w+)|ne répond\w*|n'est (?:pas|plus)|ne fonctionne\w*",
    r"(?:ist|sind) (?:\w+ ){0,2}?(?:nicht|gestört|ausgefallen|offline|unerreichbar)|nicht \w+bar"
    r"|funktioniert nicht|reagiert nicht",
    r"non (?:è|sono|funziona\w*|risponde\w*)|è (?:\w+ )?(?:guast\w+|interrott\w+|in\w+bil\w+)",
)
_POSSIBLE = _pattern(
    r"may|might|could|can|possible|expected|during",
    r"possibles?|peut|peuvent|pourr\w+|pendant|lors|durant|risque\w*",
    r"möglich|kann|könn\w+|dabei|während|kurzzeitig\w*|vorübergehend\w*|zu rechnen",
    r"possibil[ei]|può|possono|potr\w+|durante|temporane\w+",
)
# The full stop of a date ("29. November", "29.11. ab 18 Uhr") ends no sentence.
_SENTENCE_END = re.compile(r"(?<!\d)\.\s+|(?<=\d{4})\.\s+|(?<=[:h]\d\d)\.\s+|[!?;]\s+|\s[|·•]\s")


def sentences(line: str) -> list[str]:
    return [sentence for sentence in _SENTENCE_END.split(line) if sentence.strip()]


def announces_trouble(sentence: str) -> bool:
    """Return whether the sentence says that a trouble is to come."""
    return _FUTURE_TROUBLE.search(sentence) is not None


def forecasts_an_end(sentence: str) -> bool:
    """Return whether the sentence says when a trouble ends, or when the next news comes."""
    return _FORECAST.search(sentence) is not None and not announces_trouble(sentence)


def speaks_of_now(sentence: str) -> bool:
    """Return whether the sentence says of a trouble that it has begun."""
    return _NOW.search(sentence) is not None and not announces_trouble(sentence)


def states_a_trouble(sentence: str) -> bool:
    """Return whether the sentence has a trouble as the present state, and not as a possibility."""
    has_state = _STATE.search(sentence) is not None or speaks_of_now(sentence)
    return has_state and not announces_trouble(sentence) and _POSSIBLE.search(sentence) is None

"""Detects the topic of a sentence on a status page: trouble now or later, or the end of trouble.

Each pattern stays within one sentence, so its cost is linear in the length of the line.
"""

import re
from functools import lru_cache

_REST = r"[^.!?;]{0,80}?"


def pattern(*branches: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(branches)})(?!\w)", re.IGNORECASE)


# Future trouble: "will be unavailable", "sera interrompu", "wird es zu Ausfällen kommen".
_FUTURE_TROUBLE = pattern(
    rf"(?:will|shall|going to|to)\sbe{_REST}\s"
    r"(?:unavailable|down|offline|interrupted|unreachable|inaccessible|out of service|slow\w*"
    r"|unusable|affected|degraded|disrupted|limited|read-only|switched off|shut down|restarted)",
    rf"(?:will|shall|going to|to)\snot\sbe{_REST}\s"
    r"(?:available|accessible|reachable|possible|usable|able)",
    rf"will{_REST}\s(?:go (?:down|offline)|undergo\w*|experience|not work|not be possible|restart)",
    rf"(?:ne |n')ser(?:a|ont)\b{_REST}\s(?:pas|plus)",
    rf"ser(?:a|ont)\b{_REST}\s"
    r"(?:indisponibles?|inaccessibles?|interromp\w+|coup\w+|arrêt\w+|perturb\w+|hors service"
    r"|ralenti\w*|impossibles?|suspend\w+|limit\w+|injoignables?|ferm\w+|dégradé\w*|mis\w* à jour)",
    r"(?:fonctionner(?:a|ont)|répondr(?:a|ont))\s(?:pas|plus)",
    r"subir(?:a|ont)\b|connaîtr(?:a|ont)\b|il y aura",
    rf"(?:wird|werden){_REST}\s(?:sein|stehen|kommen|geben|haben|funktionieren|durchgeführt"
    r"|eingespielt|installiert|aktualisiert|gewartet|heruntergefahren|abgeschaltet|umgestellt"
    r"|neu gestartet|migriert|ausfallen)",
    r"non sar(?:à|anno)",
    rf"sar(?:à|anno){_REST}\s"
    r"(?:indisponibil\w+|irraggiungibil\w+|inaccessibil\w+|interrott\w+|sospes\w+|spent\w+"
    r"|fuori servizio|offline|ferm\w+|limitat\w+)",
    r"non (?:funzionerà|funzioneranno|risponderà)|subir(?:à|anno)|ci saranno",
)

# The future tense, and words for plans.
_FUTURE_FORM = pattern(
    r"will|shall|going to|upcoming|(?:is|are) (?:planned|scheduled|due)",
    r"\w{2,}(?:era|eront|ira|iront|dra|dront|fera|feront)|sera|seront|aura|auront|prochaine?s?",
    r"wird|werden|kommend\w*|nächst\w*|geplant\w*|steht\b[^.!?;]{0,60}? bevor|voraussichtlich",
    r"\w{2,}(?:rà|ranno)|prossim\w*|previst\w*",
)
_PAST_FORM = pattern(
    r"was|were|had been|experienced|went",
    r"était|étaient|a été|ont été|avait|avaient|il y a eu|a eu|ont eu|s'est|a connu",
    r"war|waren|wurde|wurden|hatte|hatten|gab es|kam es|konnte|konnten",
    r"era|erano|è stat\w|sono stat\w|aveva|avevano|ci sono stat\w|si è|si sono",
)
_HAS_BEEN = pattern("(?:has|have) been", "reported", "gemeldet\\w*", "signalé\\w*", "segnalat\\w")
# Words for the time after planned work: "nach der Wartung am Sonntag".
_AFTERWARDS = pattern(
    "after|since|following|no longer",
    "après|depuis|suite à|n'est plus|ne \\w+ plus",
    "nach|seit|nicht mehr",
    "dopo|da|non \\w+ più",
)
WORK = pattern(
    r"maintenance|upgrad\w*|updat\w*|release\w*|works?|downtime|migrat\w*|restart\w*|reboot\w*"
    r"|interruption\w*|deploy\w*|replac\w*|mov(?:e|ing)",
    r"maintenance|mise[s]? à jour|travaux|migration|redémarr\w*|intervention\w*|interruption\w*"
    r"|coupure\w*|bascul\w*|déploie\w*|remplacement\w*|déménagement",
    r"\w*wartung\w*|\w*update\w*|\w*arbeiten|migration|neustart\w*|neu gestartet"
    r"|\w*unterbr[uü]ch\w*|\w*unterbrechung\w*|release\w*|\w*umstellung\w*|\w*aktualisier\w*"
    r"|umzug|austausch\w*"
    r"|gewartet",
    r"manutenzion\w+|aggiorna\w+|lavori|migrazion\w+|riavvi\w+|interruzion\w+|sostituzion\w+"
    r"|nuova versione|intervent\w+",
)
# "werden" also forms the present passive.
_GERMAN_PASSIVE = pattern("wird", "werden")
# A sentence with these words refers to the time named in the previous sentence.
_MEANWHILE = pattern(
    r"during (?:this|that|the|which)\b[^.!?;]{0,30}?|in (?:this|that) (?:window|time|period)"
    r"|meanwhile",
    r"(?:pendant|durant) (?:ce|cette|ces|toute|la|l')[^.!?;]{0,30}?|à ce moment-là|entre-temps"
    r"|dans ce créneau",
    r"währenddessen|während (?:dieser|der|des)\b[^.!?;]{0,30}?|in (?:dieser|der) zeit|dabei|hierbei"
    r"|in diesem (?:zeitraum|zeitfenster)|solange",
    r"(?:durante|in) (?:quest\w|tale|l'\w+|il|la)[^.!?;]{0,30}?|nel frattempo",
    # Hours without a day: "zwischen 8 und 12 Uhr".
    r"(?:between|from|entre|de|zwischen|von|tra le|dalle)\s\d{1,2}\S{0,3}(?:\s(?:uhr|h))?\s"
    r"(?:and|to|et|à|und|bis|e le|alle)\s\d{1,2}\S{0,3}",
)

# Words for when trouble will end or news will follow; a time near these words is not the time of
# planned work.
_FORECAST = pattern(
    r"recover\w*|restor\w*|resol\w*|fix\w*|repair\w*|back (?:up|to|online|in)|eta"
    r"|(?:next|another|further|more) (?:update|information|news)|available again",
    r"retour\w*|rétabl\w*|réso\w+|répar\w*|correcti\w+|à nouveau|de nouveau"
    r"|prochain\w* (?:point|info\w*|mise à jour|communication|nouvelle\w*)",
    r"behob\w*|beheb\w*|gelöst|lösung|wiederher\w*|wieder|reparatur\w*|repariert|entstör\w*"
    r"|(?:nächst|weiter|neu)\w* (?:update|info\w*|meldung\w*|mitteilung\w*)",
    r"ripristin\w*|risol\w*|soluzion\w*|ritorn\w*|torner\w*|di nuovo|riparazion\w*"
    r"|prossim\w* (?:aggiornament\w*|informazion\w*|comunicazion\w*)",
)

# Words for trouble that has begun.
_NOW = pattern(
    r"since|currently|at the moment|right now|at present|ongoing"
    r"|we are (?:experiencing|seeing|aware)|still|again|monitoring the",
    r"depuis(?! (?:le campus|le réseau|l'extérieur|chez))|actuellement|en ce moment"
    r"|à l'heure actuelle|en cours"
    r"|(?:nous|on) surveill\w+",
    r"seit|derzeit|aktuell|zurzeit|zur zeit|momentan|im moment|gegenwärtig|moment"
    r"|wir beobachten",
    r"da (?:ieri|oggi|stamattina|stamane)|attualmente|al momento|in corso|in questo momento"
    r"|monitoriamo|stiamo monitorando",
)
_WATCHED = pattern(
    "monitoring the",
    "(?:nous|on) surveill\\w+",
    "wir beobachten",
    "monitoriamo",
    "stiamo monitorando",
)
_STATE = pattern(
    r"(?:is|are|has been|have been|remains?|stays?) (?:\w+ ){0,2}?(?:down|unavailable|un\w+"
    r"|in\w+ible|failing|not \w+)",
    r"(?:est|sont|reste|restent) (?:\w+ ){0,2}?(?:indisponibles?|inaccessibles?|en panne"
    r"|hors service|perturbé\w*"
    r"|interromp\w+)|ne répond\w*|n'est (?:pas|plus)|ne fonctionne\w*",
    r"(?:ist|sind|bleib\w*) (?:\w+ ){0,2}?(?:nicht|gestört|ausgefallen|offline|unerreichbar)"
    r"|funktioniert nicht|reagiert nicht",
    r"non (?:è|sono|funziona\w*|risponde\w*)|è (?:\w+ )?(?:guast\w+|interrott\w+|in\w+bil\w+)",
)
_ABLE = pattern("nicht \\w+bar")
_POSSIBLE = pattern(
    r"may|might|could|can|possible|expected|during",
    r"possibles?|peut|peuvent|pourr\w+|pendant|lors|durant|risque\w*",
    r"möglich|kann|könn\w+|dabei|während|kurzzeitig\w*|vorübergehend\w*|zu rechnen",
    r"possibil[ei]|può|possono|potr\w+|durante|temporane\w+",
)
# Trouble caused by work: "suite à la maintenance de dimanche".
_LEFT_BEHIND = pattern(
    r"(?:since|after|following)\W+(?:\w+\W+){0,2}?(?:maintenance|upgrade|update|release)",
    r"(?:suite à|depuis|après)\W+(?:\w+\W+){0,2}?(?:maintenance|mise à jour|migration)",
    r"(?:seit|nach)\W+(?:\w+\W+){0,2}?\w*(?:wartung|update|upgrade|release|umstellung)",
    r"(?:dopo|da|in seguito a)\W*\w*\W+(?:\w+\W+){0,1}?(?:manutenzione|aggiornamento)",
    r"introduced|(?:a|ont) (?:introduit|provoqué)|hat\b[^.!?;]{0,60}? (?:verursacht|ausgelöst)"
    r"|ha (?:introdotto|causato|provocato)",
)
# Words for using the library's system; negated in the present tense, they mean a failure.
_USE = (
    r"(?:load|sav|print|open|display|search|find|show|send|receiv|respond|sync|connect|reach"
    r"|appear|process|register|check|loan|return|log|sign|access|work|export|import|scan|renew"
    r"|borrow)"
    r"(?:e|s|es|ed|ing|able|n)?|us(?:e|able|ed)|sent|sav(?:e|ed|ing)|generated?|created?"
    r"|(?:prêt|retour|conne|acc[éè]d|acc[èe]s|charg|enregistr|imprim|ouvr|affich|envoy|reçoi|recher"
    r"|pass|appara|fonctionn|march|répond|synchron|utilis|possible|disponible|accessible"
    r"|connex|arriv)\w*"
    r"|\w*(?:ausleih|ausgeliehen|rückgab|verbuch|lad|lädt|speicher|druck|öffn|anmeld|zugriff"
    r"|zugreif"
    r"|zugang|such|anzeig|send|sand|synchron|liefer|treffer|start|bearbeit|erreich|nutz|funktion"
    r"|reagier|antwort|verfüg|möglich|einlogg|angezeigt|abruf|gehen|geht|erschein)\w*"
    r"|(?:prestit|restituz|conn|acced|access|caric|salv|stamp|ricerc|funzion|rispond|utilizz|invia"
    r"|possibil|disponibil|sincronizz|registr|vis|riesc)\w*"
)
_NOT = (
    r"(?:not|cannot|can't|isn't|aren't|don't|doesn't|won't|no longer|unable|pas|plus|impossible"
    r"|nicht|kein\w*|nie|non|nessun\w*)"
)
_FAILS = re.compile(
    rf"(?<!\w){_NOT}\W+(?:\w+\W+){{0,4}}?(?:{_USE})(?!\w)"
    rf"|(?<!\w)(?:{_USE})\W+(?:\w+\W+){{0,4}}?{_NOT}(?!\w)",
    re.IGNORECASE,
)
# The full stop in a date ("29. November", "29.11. ab 18 Uhr") or after an abbreviation does not end
# a sentence.
_SENTENCE_END = re.compile(
    r"(?<!\d)(?<![ap]\.m)(?<!\b(?:ca|Nr))(?<!\b(?:env|max|bzw|ggf))(?<!\b(?:incl|inkl|evtl))\.\s+|(?<=\d{4})\.\s+|(?<=[:h]\d\d)\.\s+|(?<=[!?;])\s+|\s[|·•]\s"
)


def sentences(line: str) -> list[str]:
    return [sentence for sentence in _SENTENCE_END.split(line) if sentence.strip()]


def announces_trouble(sentence: str) -> bool:
    return _FUTURE_TROUBLE.search(sentence) is not None


def forecasts_an_end(sentence: str) -> bool:
    """Return whether the sentence says when trouble will end, or when there will be news."""
    return _FORECAST.search(sentence) is not None and not announces_trouble(sentence)


@lru_cache(maxsize=256)
def speaks_of_now(sentence: str) -> bool:
    """Return whether the sentence says that trouble has begun."""
    return _NOW.search(sentence) is not None and not announces_trouble(sentence)


@lru_cache(maxsize=256)
def states_a_trouble(sentence: str) -> bool:
    """Return whether the sentence says that there is trouble now, not that there may be."""
    if denies_a_use(sentence):
        return True
    stated = _STATE.search(sentence) or (_ABLE.search(sentence) and not has_past_form(sentence))
    has_state = bool(stated) or speaks_of_now(sentence)
    return has_state and not announces_trouble(sentence) and _POSSIBLE.search(sentence) is None


def reports_a_failure(sentence: str) -> bool:
    """Return whether the sentence's wording alone shows that there is trouble now."""
    stated = _STATE.search(sentence) or _WATCHED.search(sentence)
    possible = _POSSIBLE.search(sentence) or announces_trouble(sentence)
    return denies_a_use(sentence) or (stated is not None and not possible)


@lru_cache(maxsize=256)
def denies_a_use(sentence: str) -> bool:
    """Return whether the sentence names something that cannot be done now."""
    later = _FUTURE_FORM.search(_GERMAN_PASSIVE.sub(" ", sentence)) or has_past_form(sentence)
    return _FAILS.search(sentence) is not None and not (later or announces_trouble(sentence))


def has_future_form(sentence: str) -> bool:
    return _FUTURE_FORM.search(sentence) is not None


def has_left_a_trouble(sentence: str) -> bool:
    """Return whether the trouble in the sentence comes from completed work."""
    later = _POSSIBLE.search(sentence) or has_future_form(sentence)
    return _LEFT_BEHIND.search(sentence) is not None and not later


def warns_of_work(sentence: str) -> bool:
    """Return whether the sentence names trouble that work may cause."""
    possible = WORK.search(sentence) and _POSSIBLE.search(sentence)
    return bool(possible) and not states_a_trouble(sentence)


def refers_to_the_time_before(sentence: str) -> bool:
    """Return whether the sentence is about the time named in the sentence before it."""
    return _MEANWHILE.search(sentence) is not None


@lru_cache(maxsize=256)
def has_past_form(sentence: str) -> bool:
    return _PAST_FORM.search(sentence) is not None


def looks_ahead(sentence: str) -> bool:
    """Return whether the sentence is about work or the future rather than the past."""
    ahead = has_future_form(sentence) or WORK.search(sentence) is not None
    past = has_past_form(sentence) or _HAS_BEEN.search(sentence) or _AFTERWARDS.search(sentence)
    return ahead and not past

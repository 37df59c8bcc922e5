"""Detects asides: sentences about trouble that is past, feared or elsewhere.

An aside is recognised by its words: a condition, a past tense with a time, or a topic such as a
course. If any part of a sentence says that trouble is still going on, the sentence is not an aside.
"""

import re

from procedure.status_pages.tense import (
    WORK,
    has_past_form,
    pattern,
    speaks_of_now,
    states_a_trouble,
)

# Whatever the rest of a sentence says, these words mean that trouble is present or back.
_LASTS = pattern(
    r"still|since|again|back|return\w*|continu\w*|persist\w*|remains? (?:un|in|down|slow|aff)\w*"
    r"|until|for the time being|in the meantime|temporar\w*|if you are (?:still )?\w+ing"
    r"|due to|because of|owing to|aware|investigat\w*|working (?:on|to|with)|looking into"
    r"|known yet",
    r"encore|toujours|depuis|à nouveau|de nouveau|en raison d\w*|à cause d\w*|nos équipes"
    r"|jusqu'à nouvel|en attendant|temporair\w*|investigu\w*|travaill\w*|persist\w*|dure"
    r"|continue\w*|perdur\w*",
    r"noch|immer|seit|erneut|wieder|weiterhin|wegen|aufgrund|arbeite\w* (?:an|daran)|dauer\w* an"
    r"|bis auf weiteres|bis dahin|vorübergehend\w*|nach wie vor|untersuch\w*|besteh\w*|anhalt\w*",
    r"ancora|sempre|da (?:ieri|oggi|lunedì|stamattina)|nuovamente|di nuovo|a causa d\w*"
    r"|fino a nuov\w*|temporane\w*|stiamo|continua\w*|persist\w*|perman\w*",
)
_CONDITION = pattern(
    r"if|in case(?: of)?|in the event|whenever"
    r"|should (?:\w+ ){1,3}(?:be|have|become|see|fail|experience)",
    r"en cas|au cas où|s'il|s'ils|si (?:alma|vous|le|la|les|un|une)|dans le cas",
    r"falls|im falle?|wenn|bei (?:einem|einer|ausfall|ausfällen|störung\w*|problemen|fragen"
    r"|fehlern)"
    r"|sollte\w*(?= [^.!?;]*,)",
    r"in caso|nel caso|qualora|se (?:alma|il|la|doveste|si|non)",
)
_ADVICE = pattern(
    r"please|use|contact\w*|call|report|let us know|see|refer to|switch to|follow|try|lend",
    r"merci de|veuillez|prière|utilise[rz]|utiliser|contacte[rz]|signale[rz]|consulte[rz]|voir"
    r"|suivre|suivez|appele[rz]",
    r"bitte|verwende\w*|benutze\w*|nutze\w*|kontaktier\w*|melde\w*|wenden|siehe|rufen|gehen sie",
    r"si prega|utilizz\w+|usare|usate|contatta\w*|segnala\w*|rivolger\w*|consulta\w*|vedere",
)
# Topics of news that may mention trouble but does not report any.
_TOPIC = pattern(
    r"trainings?|workshops?|webinars?|seminars?|opening hours|library hours|newsletters?"
    r"|release notes|surveys?|votes?|voting|root cause analysis|post-?mortem|rca|lessons learned"
    r"|incident report|user group|conference|knowledge center|new in|new features?|annual report"
    r"|known issues list|list of known issues|how to|what happened|tutorials?|we close|drills?"
    r"|slides|presentation|library (?:will be |is |remains )?closed",
    r"formations?|ateliers?|webinaires?|séminaires?|journées? \w+|horaires?(?: d'ouverture)?"
    r"|enquêtes?|sondages?|notes de (?:version|mise à jour)|bilan|rapport (?:annuel|d'incident)"
    r"|compte[- ]rendu|nouveautés?|tutoriels?|listes? des? problèmes connus|retour d'expérience"
    r"|bibliothèque (?:sera |est )?fermée|lettre d'information|procédure en cas|s'inscrire"
    r"|inscriptions? (?:ouverte|jusqu|obligatoire|avant)\w*",
    r"\w*schulung(?:en)?|workshops?|webinare?|seminare?|fortbildung\w*|\w*öffnungszeiten|umfragen?"
    r"|release ?notes|versionshinweise|(?:jahres|abschluss|schluss|vorfall|ereignis)bericht\w*"
    r"|newsletter|anleitung\w*|neu in|neuerung\w*|neue (?:funktion\w*|version)|tagung\w*"
    r"|anmeldeschluss|bibliothek bleibt|bleibt (?:die |unsere )?bibliothek|anmeldungen bis"
    r"|ursachenanalyse|anwendertreffen|liste der bekannten"
    r"|sprechstunde|notfallplan",
    r"corsi|corso di|formazione|workshop|webinar|seminari\w*|orari(?:o)?|sondaggi\w*"
    r"|questionari\w*|note di rilascio|relazione (?:annuale|finale)|novità|iscrizioni \w+"
    r"|elenco de\w+|biblioteca (?:resterà |rimane |sarà |è )?chiusa|esercitazion\w*",
)
# Words at the start of a sentence that looks back at past trouble.
_LOOK_BACK = re.compile(
    r"\W*(?:post[- ]?incident|incident report|post[- ]?mortem|root cause|lessons learned"
    r"|rapport d'incident|retour (?:d'expérience|sur)|bilan|compte[- ]rendu"
    r"|rückblick|vorfallbericht|ereignisbericht|ursachenanalyse"
    r"|resoconto|rapporto sull'incidente)(?!\w)",
    re.IGNORECASE,
)
# Words that connect a topic with the trouble: "analysis of the outage".
_ABOUT = pattern(
    r"of|on|about|for|to|in|sur|de|des|du|d'\w+|à|über|zu[rm]?|für|bei|von|vo[mn]|der|des"
    r"|su\w*|di|de[li]\w*|per|che|que|what|was|happened",
)
_CANCELLED = pattern(
    r"cancell?ed|called off|will not take place|no longer (?:needed|necessary|planned)",
    r"annulée?s?|n'aur\w+ pas lieu|n'a pas lieu|supprimée?s?",
    r"abgesagt|entfällt|entfallen|findet nicht statt|finden nicht statt|gestrichen|storniert",
    r"annullat\w+|non avrà luogo|non si (?:farà|terrà)|cancellat\w+",
)
# Phrases for work completed or messages sent; they say nothing about the service afterwards.
_DONE = pattern(
    r"(?:has|have|had|was|were|been)\W+(?:\w+ ){0,2}?(?:updated|upgraded|installed|performed"
    r"|carried out|replaced|migrated|published|released|loaded|imported|added|renewed|applied"
    r"|activated|announced|posted|sent out|corrected|extended|refunded)|went (?:as planned|well)"
    r"|is now available (?:for|on|in)",
    r"(?:a|ont|sont|est)\W+(?:\w+ ){0,2}?(?:installée?s?|effectuée?s?|publiée?s?|annulée?s?"
    r"|remplacée?s?|migrée?s?|ajoutée?s?|chargée?s?|importée?s?|mise?s? (?:à jour|en ligne)"
    r"|renouvelée?s?|activée?s?|déroulée?s?)|est en ligne",
    r"(?:wurde|wurden|ist|sind|konnte|konnten)\W[^.!?;]{0,80}?(?:aktualisiert|installiert"
    r"|durchgeführt|eingespielt|umgestellt|ersetzt|migriert|veröffentlicht|aufgeschaltet"
    r"|nachgetragen|importiert|erneuert|aktiviert|verlaufen|storniert)|erfolgreich durchgeführt",
    r"(?:stat\w|è|sono)\W+(?:\w+ ){0,2}?(?:aggiornat\w|installat\w|effettuat\w|pubblicat\w"
    r"|sostituit\w|migrat\w|caricat\w|importat\w|aggiunt\w|rinnovat\w|attivat\w)",
)
_EXCUSE = pattern("apologi\\w+|explain\\w*", "excus\\w+", "entschuldig\\w+", "scus\\w+")
_DAY = (
    r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag"
    r"|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|week|weekend|woche|semaine)"
)
_BEFORE_NOW = pattern(
    rf"yesterday(?:'s)?|last night(?:'s)?|last {_DAY}|earlier|(?:on|of) {_DAY}|{_DAY}'s|previous"
    r"|(?:for|between|from)[^.!?;]{0,40}?(?:minutes|hours|and \d|to \d)",
    rf"d'hier|hier (?:soir|matin|après-midi|à|entre|de)|(?<![\w.])hier|(?:de|du|ce) {_DAY}"
    rf"|{_DAY} dernier|brièvement|la nuit dernière|cette nuit",
    rf"gestern|gestrig\w*|(?:am|vom|letzt\w+|vergangen\w+) {_DAY}|letzte nacht|heute nacht"
    rf"|vorgestern",
    rf"ieri|(?:di|del) {_DAY}|{_DAY} scors\w|la notte scorsa|brevemente",
)


_TODAY = pattern(
    r"(?<!earlier )today|now",
    "aujourd'hui|maintenant",
    "heute(?! (?:morgen|früh|nacht))|jetzt",
    "oggi|adesso",
)
_IS = re.compile(
    r"(?<!\w)(?:is|are|est|sont|ist|sind|è|sono|gets?|runs?)\W+(?:\w+\W+){0,2}$", re.IGNORECASE
)
# A conjunction followed by at most two words joins words rather than clauses.
_CLAUSE = re.compile(
    r"[,:()]\s|\s[-–—]\s|(?<!\d)\s(?:and|but|while|et|mais|und|aber|e|ma)\s(?=\w+\W+\w+\W+\w+)",
    re.IGNORECASE,
)


def is_aside(sentence: str, trouble: re.Pattern[str], *, dated_before: bool) -> bool:
    """Return whether the sentence says nothing about the present state.

    `trouble` matches words for trouble. `dated_before` says whether all times in the sentence are
    in the past.
    """
    if _LASTS.search(sentence) or speaks_of_now(sentence):
        return False
    if _is_for_the_case(sentence):
        return True
    if states_a_trouble(sentence) or _is_stated(sentence, trouble):
        return False
    cancelled = _CANCELLED.search(sentence) and WORK.search(sentence)
    if cancelled or _LOOK_BACK.match(sentence) or _is_subject(sentence, trouble):
        return True
    return _is_past(sentence, trouble, dated_before=dated_before)


def _is_for_the_case(sentence: str) -> bool:
    """Return whether the sentence asks a question, or says what to do if there is trouble."""
    if _WHAT_TO_DO.search(sentence) or _HYPOTHESIS.match(sentence):
        return True
    advised = _CONDITION.search(sentence) and _ADVICE.search(sentence)
    return bool(advised or _QUESTION.match(sentence))


def _is_subject(sentence: str, trouble: re.Pattern[str]) -> bool:
    """Return whether the sentence is news that mentions trouble only as a topic."""
    topic = _TOPIC.search(sentence)
    if topic is None:
        return False
    others = [
        found
        for found in trouble.finditer(sentence)
        if not topic.start() <= found.start() < topic.end()
    ]
    return all(_ABOUT.search(sentence[topic.end() : found.start()]) for found in others)


def _is_stated(sentence: str, trouble: re.Pattern[str]) -> bool:
    """Return whether trouble follows a verb in the present tense: "is slow", "est lente"."""
    return any(_IS.search(sentence[: found.start()][-40:]) for found in trouble.finditer(sentence))


def _is_past(sentence: str, trouble: re.Pattern[str], *, dated_before: bool) -> bool:
    """Return whether the sentence is about the past, in each clause that matters.

    A clause of one or two words matters only if it mentions trouble.
    """
    if not (has_past_form(sentence) or _DONE.search(sentence) or _EXCUSE.search(sentence)):
        return False
    if not (dated_before or _BEFORE_NOW.search(sentence)):
        return False
    return not _TODAY.search(sentence) and all(
        has_past_form(clause)
        or _BEFORE_NOW.search(clause)
        or (dated_before and re.search(r"\d", clause))
        or _EXCUSE.search(clause)
        or (_DONE.search(clause) and not trouble.search(clause))
        for clause in _CLAUSE.split(sentence)
        if trouble.search(clause) or len(clause.split()) > 2
    )


def reports_work_done(sentence: str) -> bool:
    """Return whether the sentence reports completed work and nothing that is still going on."""
    lasting = _LASTS.search(sentence) or speaks_of_now(sentence) or states_a_trouble(sentence)
    return _DONE.search(sentence) is not None and not lasting


# Words that declare the subject before them unaffected: "Alma is not affected".
_UNTOUCHED = pattern(
    r"not\W+(?:\w+\W+){0,2}?(?:affected|impacted|concerned)|unaffected",
    r"(?:pas|aucunement|nullement)\W+(?:\w+\W+){0,2}?(?:affectée?s?|concernée?s?|touchée?s?"
    r"|impactée?s?)",
    r"nicht\W+(?:\w+\W+){0,2}?(?:betroffen|tangiert|beeinträchtigt)",
    r"non\W+(?:\w+\W+){0,2}?(?:interessat\w|coinvolt\w|toccat\w|impattat\w)",
)
# Words that declare the object after them unaffected: "did not affect Alma", "ohne Folgen".
_LEAVES = pattern(
    r"(?:not|no|without)\W+(?:\w+\W+){0,2}?(?:affect|impact|concern|touch|consequences?|effect)",
    r"(?:sans|aucune?|pas d[e']|n'a pas)\W*(?:\w+\W+){0,2}?(?:conséquences?|incidence|impact|effet)"
    r"|n'(?:a|ont) pas (?:touché|affecté|concerné|impacté)"
    r"|n'(?:affecte|impacte)\w* pas|ne (?:concerne|touche)\w* pas",
    r"(?:kein\w*|ohne)\W+(?:\w+\W+){0,2}?(?:auswirkung\w*|folgen|einfluss)"
    r"|betr[ia]f\w*(?=.* nicht)",
    r"(?:nessun\w*|senza)\W+(?:\w+\W+){0,2}?"
    r"(?:conseguenz\w+|effett\w+|impatt\w+|ripercussion\w+)|non (?:riguard|interess|coinvolg"
    r"|tocc)\w+",
)
# A sentence that begins with these words is conditional, unless it contains one of `_LASTS`.
_HYPOTHESIS = re.compile(
    r"\W*(?:falls|sollten?|im falle?|en cas d[e']|au cas où|in caso di|nel caso"
    r"|in case(?: of)?)(?!\w)",
    re.IGNORECASE,
)
_WHAT_TO_DO = pattern("que faire", "was tun", "what to do", "cosa fare", "vorgehen bei")
_QUESTION = re.compile(
    r"(?:.{0,40}:\s)?\W*(?:any|got|have you|what|how|why|avez-vous|une? \w+|des \w+|que|comment"
    r"|pourquoi|haben sie|fragen|probleme|was|wie|warum|avete|hai|problemi|domande|cosa|come"
    r"|perché)"
    r"(?!\w).{0,120}\?$",
    re.IGNORECASE,
)


def untouched_at(sentence: str) -> int | None:
    """Return the position of words that declare the subject before them unaffected, or None."""
    match = _UNTOUCHED.search(sentence)
    return match.start() if match else None


def leaves_at(sentence: str) -> int | None:
    """Return the position of words that declare the object after them unaffected, or None."""
    match = _LEAVES.search(sentence)
    return match.start() if match else None

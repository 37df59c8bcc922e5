"""The words and phrases of status pages in four languages; `*` is the rest of a word."""


def _negated(negations: tuple[str, ...], troubles: tuple[str, ...]) -> tuple[str, ...]:
    """Combine each negation with each trouble; only the word next to it is negated."""
    return tuple(f"{no} {trouble}".replace("' ", "'") for no in negations for trouble in troubles)


# Without "no major" and "no new": these leave other troubles open.
_FRENCH = _negated(
    ("aucun", "aucune", "pas de", "pas d'", "sans"),
    (
        *("incident*", "panne*", "perturbation*", "problème*", "interruption*"),
        *("dysfonctionnement*", "maintenance* prévue*", "maintenance* planifiée*", "maintenance*"),
    ),
)
_ENGLISH = _negated(
    (
        *(f"no{word}" for word in ("", " known", " current", " open", " active", " ongoing")),
        *("no reported", "not aware of any", "not experiencing any", "without"),
    ),
    (
        *("incident*", "outage*", "disruption*", "issue*", "problem*", "interruption*"),
        *("error*", "degradation*", "maintenance", "scheduled maintenance", "planned maintenance"),
    ),
)
_GERMAN = _negated(
    (
        *("kein", "keine", "keinen", "keinerlei", "ohne", "nicht mit"),
        *(f"keine {word}" for word in ("bekannten", "aktuellen", "gemeldeten", "offenen")),
    ),
    (
        *("störung*", "ausfall*", "ausfäll*", "unterbruch*", "unterbrüch*", "problem*", "vorf*"),
        *("einschränkung*", "beeinträchtigung*", "wartung*"),
    ),
)
_ITALIAN = _negated(
    ("nessun", "nessuna", "non ci sono", "non risultano", "non si segnalano", "senza"),
    ("incident*", "problem*", "guast*", "interruzion*", "disserviz*"),
)

# A doubt word within these ("again") is none.
RESTORED = (
    *("available again", "working again", "back online", "à nouveau disponible*"),
    *("de nouveau disponible*", "à nouveau opérationnel*", "wieder verfügbar"),
    *("wieder erreichbar", "wieder in betrieb", "läuft wieder", "funktioniert wieder"),
    "di nuovo disponibil*",
)

DOUBT = (
    *("not", "will be", "being", "except*", "once", "until", "no longer"),
    *("investigating", "reopened", "again", "recurr*", "à nouveau", "de nouveau", "wieder"),
    *("to be", "expected to", "should", "partially", "probably", "likely", "presumably"),
    *("pas encore", "pas de retour", "n'est pas", "sauf", "excepté*", "sera", "seront"),
    *("non résolu*", "probablement", "vraisemblablement", "sans doute", "en principe"),
    *("devrai*", "partiellement", "en cours de", "résolution en cours"),
    *("retour à la normale prévu", "retour à la normale attendu"),
    *("nicht", "außer", "ausser", "wird", "werden", "ausgenommen", "teilweise", "vermutlich"),
    *("wahrscheinlich", "voraussichtlich", "mutmasslich", "mutmaßlich", "noch offen"),
    *("non ancora", "tranne", "probabilmente", "presumibilmente", "parzialmente"),
)
NOTHING = (
    *(*_ENGLISH, "not down", "operational", "operating normally", "ok"),
    *(*_FRENCH, "n'est pas en panne", "n'est pas perturbé*"),
    *("fonctionne normalement", "opérationnel*"),
    *(*_GERMAN, "nicht gestört", "nicht betroffen", "in betrieb"),
    *("mit *ausfäll* ist nicht zu rechnen", "mit *unterbrüch* ist nicht zu rechnen"),
    *("mit *störung* ist nicht zu rechnen", "mit *einschränkung* ist nicht zu rechnen"),
    *(*_ITALIAN, "operativo"),
)
CLOSED = (
    *("resolved", "closed", "completed", "fixed", "restored", "recovered", "back to normal"),
    *("résolu*", "terminé*", "clos", "close", "rétabli*", "retour à la normale"),
    *("fin de l'incident", "fin d'incident", "fin de la panne"),
    *("behoben", "gelöst", "abgeschlossen", "beendet", "risolto", "concluso"),
    *RESTORED,
)
PLANNED = (
    *("planned", "scheduled", "maintenance", "upgrade"),
    *("planifié*", "prévu*", "travaux", "mise à jour"),
    *("geplant*", "wartung*", "unterhalt*", "update am", "updates am", "release am"),
    *("pianificat*", "manutenzione", "aggiornamento del"),
)
INCIDENT = (
    *("incident*", "outage*", "disruption*", "degraded", "degradation*", "unavailable"),
    *("down", "error*", "slow*", "issue*", "problem*", "investigating", "identified"),
    *("panne*", "perturbation*", "interruption*", "indisponible*", "dégradé*", "ralenti*"),
    *("dysfonctionnement*", "störung*", "gestört*", "ausfall*", "ausfäll*", "unterbruch*"),
    *("unterbrüch*", "nicht verfügbar", "eingeschränkt*", "beeinträchtig*", "vorf*"),
    *("guast*", "interruzion*", "problema", "disserviz*"),
)

"""The words and phrases used on status pages, in four languages, as comma-separated lists.

A `*` stands for the rest of a word, a `~` for up to three words, none of them a negation.
"""


def _listed(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.split(","))


def _negated(negations: str, troubles: str) -> tuple[str, ...]:
    """Combine each negation with each word for trouble, which must come right after it."""
    return tuple(phrase.replace("' ", "'") for phrase in _joined(negations, troubles))


def _joined(firsts: str, seconds: str) -> tuple[str, ...]:
    return tuple(f"{first} {second}" for first in _listed(firsts) for second in _listed(seconds))


# "no major" and "no new" are left out, because they do not rule out other trouble.
_FRENCH = _negated(
    """
        aucun, aucune, aucun autre, aucune autre, pas de, pas d', sans, plus de, plus d',
        plus aucun, plus aucune, ni
    """,
    """
        incident*, panne*, perturbation*, problème*, interruption*, dysfonctionnement*,
        maintenance* prévue*, maintenance* planifiée*, maintenance*, coupure*, lenteur*,
        ralentissement*, impact*, erreur*, indisponibilité*
    """,
)
_ENGLISH = _negated(
    """
        no, no known, no current, no open, no active, no ongoing, no planned, no reported,
        not aware of any, not experiencing any, without, no further, no more, not seen any,
        not seen any further, not observed any
    """,
    """
        incident*, outage*, disruption*, issue*, problem*, interruption*, error*, degradation*,
        maintenance, scheduled maintenance, planned maintenance, impact, downtime, delay*, fault*,
        failure*
    """,
)
_GERMAN = _negated(
    """
        kein, keine, keinen, keinerlei, ohne, nicht mit, keine bekannten, keine aktuellen,
        keine gemeldeten, keine offenen, keine weiteren, keine geplanten, keine angekündigten
    """,
    """
        *störung*, *ausfall*, *ausfäll*, *unterbruch*, *unterbrüch*, *problem*, *unterbrechung*,
        vorf*, einschränkung*, beeinträchtigung*, wartung*, fehler*, verzögerung*
    """,
)
_ITALIAN = _negated(
    """
        nessun, nessuna, non ci sono, non risultano, non si segnalano, senza,
        nessuna segnalazione di, nessun altro, non si registrano, non si rilevano
    """,
    """
        incident*, problem*, guast*, interruzion*, disserviz*, rallentament*, anomali*,
        malfunzionament*, manutenzion*
    """,
)
DENIALS = _FRENCH + _ENGLISH + _GERMAN + _ITALIAN
# A doubt word ("again") within one of these phrases does not count as a doubt.
RESTORED = (
    _listed("""
        up and running again, available again, working again, accessible again, online again,
        up again, back online, back up, up and running, back in service, operational again
    """)
    + _joined(
        "à nouveau, de nouveau",
        """
            disponible*, opérationnel*, accessible*, possible*, normalement, fonctionnel*,
            joignable*, pleinement, entièrement, normal*, en service, en ligne
        """,
    )
    + _joined(
        "fonctionne* ~, marche* ~",
        "à nouveau, de nouveau, normalement",
    )
    + _listed("refonctionne*, remis* en service, remis* en ligne")
    + _joined(
        "wieder",
        """
            verfügbar, erreichbar, in betrieb, normal, online, stabil, möglich, zugänglich,
            nutzbar, funktionsfähig, störungsfrei, einwandfrei, uneingeschränkt, vollständig,
            vollumfänglich, wie gewohnt, voll verfügbar, zur verfügung, hergestellt
        """,
    )
    + _joined(
        "läuft ~, laufen ~, funktioniert ~, funktionieren ~",
        "wieder, rund",
    )
    + _joined(
        "work ~, works ~, working ~, runs ~, running ~",
        "again, normally",
    )
    + _listed("""
        wieder in betrieb, wieder ~ genommen, wieder aufgenommen, remise en route,
        ripresa ~ regolare, ripresa regolare, ripresa del servizio, reprise du service
    """)
    + _joined(
        "di nuovo, nuovamente",
        "disponibil*, raggiungibil*, operativ*, accessibil*, funzionant*, online",
    )
    + _listed("""
        funziona di nuovo, funziona nuovamente, tornat* alla normalità, tornat* a funzionare,
        tornat* disponibil*, ripreso a funzionare, no longer occur*, no longer happen*,
        no longer present, no longer exist*, ne se produi* plus, tritt nicht mehr auf,
        treten nicht mehr auf, disappeared, disparu, disparue*, disparus, verschwunden, scomparso,
        scompars*, finished, fini, finie, fertig, besteht nicht mehr, bestehen nicht mehr,
        non si verific* più
    """)
)
REMAINS = _joined(
    """
        remain*, stay*, will remain, continues to be, reste*, demeure*, bleib*, rimane, rimangono,
        rimarr*, rest*
    """,
    """
        available, accessible, reachable, open, online, fully available, usable, disponible*,
        accessible*, joignable*, ouvert*, verfügbar, erreichbar, nutzbar, zugänglich, in betrieb,
        disponibil*, accessibil*, raggiungibil*
    """,
)
WORKING = (
    REMAINS
    + _listed("""
        as usual, wie gewohnt, wie üblich, comme d'habitude, normalement accessible*,
        come di consueto, come al solito, will be available as usual, works fine, works as usual,
        is working, working fine, operating normally, running normally, working normally,
        works normally, working as expected, normal operation, operating as expected,
        all services available, all services are available, all systems are available,
        remains available, fonctionne* normalement, fonctionne* correctement, tout fonctionne,
        rien à signaler
    """)
    + _joined(
        "services, systèmes",
        "disponibles, sont disponibles",
    )
    + _joined(
        "läuft, laufen, funktioniert, funktionieren",
        "normal, stabil, einwandfrei, störungsfrei, fehlerfrei, problemlos",
    )
    + _joined(
        "dienste, systeme, services",
        "verfügbar, sind verfügbar, erreichbar",
    )
    + _listed("normalbetrieb, regulärer betrieb, weiterhin verfügbar, bleibt verfügbar")
    + _joined(
        "funziona, funzionano",
        "normalmente, regolarmente, correttamente",
    )
    + _joined(
        "servizi, sistemi",
        "disponibili, sono disponibili, operativi",
    )
    + _listed("""
        service normal, servizio normale, sont actif*, sono attiv*, keine meldungen,
        servizio regolare, sotto controllo, all is well, tout marche, fully functional, è attiv*,
        sont maintenus, est maintenu*, can be used, kann genutzt werden, peut être utilisé*,
        può essere utilizzat*, is stable, are stable, been stable, est stable, ist stabil,
        è stabile, tutto funziona, tutto regolare, tutto ok, tout va bien, alles in ordnung,
        everything is fine, situation normale, service disponible, aucun signalement,
        is available, est disponible, ist verfügbar, è disponibile
    """)
)
ABSENT = (
    _joined(
        "not, no longer, not currently, currently not",
        "available, accessible, reachable, responding, working, possible, loading",
    )
    + _joined(
        "n'est, ne sont, n'est actuellement, est, sont",
        "pas disponible*, plus disponible*, pas accessible*, plus accessible*",
    )
    + _joined(
        "ne répond*, ne fonctionne*, ne marche*",
        "pas, plus",
    )
    + _joined(
        "nicht, nicht mehr, nur eingeschränkt, nur teilweise, nur schlecht",
        """
            erreichbar, verfügbar, möglich, zugänglich, nutzbar, funktionsfähig, aufrufbar,
            zur verfügung, funktioniert, funktionieren, bedienbar
        """,
    )
    + _joined(
        "funktioniert, funktionieren, reagiert, reagieren, antwortet, antworten",
        "nicht, derzeit nicht, aktuell nicht, zurzeit nicht, momentan nicht",
    )
    + _listed("kein zugriff, keine verbindung, keine anmeldung")
    + _joined(
        "non, non è, non sono, non è più, non è attualmente",
        "raggiungibil*, disponibil*, accessibil*, operativ*",
    )
    + _joined(
        "non",
        "risponde*, risponde più, funziona*, funziona più",
    )
)
DOUBT = _listed("""
    not, will be, being restored, being resolved, being fixed, except*, once, until,
    no longer, investigating, reopened, again, recurr*, à nouveau, de nouveau, wieder, to be,
    expected to, should, partially, probably, likely, presumably, pas encore, pas de retour,
    n'est pas, sauf, excepté*, sera, seront, non résolu*, probablement, vraisemblablement,
    sans doute, en principe, devrai*, partiellement, en cours de, résolution en cours,
    retour à la normale prévu, retour à la normale attendu, nicht, außer, ausser, wird,
    werden, ausgenommen, teilweise, vermutlich, wahrscheinlich, voraussichtlich, mutmasslich,
    mutmaßlich, noch offen, non ancora, tranne, probabilmente, presumibilmente, parzialmente,
    believe*, seem*, appear*, hope*, continue to monitor, monitor* the results, still, mostly,
    largely, possibly, in part, residual, remaining, persist*, semble*, pensons, croyons,
    en partie, en grande partie, peut-être, presque, résiduel*, subsist*, non encore, scheint,
    scheinen, dürfte*, sollte*, weitgehend, zum teil, vielleicht, expect*, estimated,
    anticipate*, espér*, attendu*, estimé*, erwartet, gehen davon aus, attes*, stimat*,
    seulement, uniquement, certain*, la plupart, for most, for some, not all, nur, einige*,
    manche*, die meisten, soltanto, alcun*, maggior parte, möglicherweise, grösstenteils,
    größtenteils, noch, weiterhin, sembra*, dovrebbe*, forse, in parte, quasi, non è, non sono
""")
NOTHING = (
    _ENGLISH
    + _listed("not down, operational, ok")
    + _FRENCH
    + _listed("n'est pas en panne, n'est pas perturbé*, opérationnel*")
    + WORKING
    + _GERMAN
    + _listed("""
        nicht gestört, nicht betroffen, in betrieb, mit *ausfäll* ist nicht zu rechnen,
        mit *unterbrüch* ist nicht zu rechnen, mit *störung* ist nicht zu rechnen,
        mit *einschränkung* ist nicht zu rechnen
    """)
    + _ITALIAN
    + _listed("operativ*")
)
CLOSED = (
    _listed("""
        resolved, closed, completed, fixed, restored, recovered, back to normal, résolu, résolue,
        résolus, résolues, terminé*, clos, close, réglé*, rétabli, rétablie, rétablis, rétablies,
        retour à la normale, rentré dans l'ordre, rentrée dans l'ordre, fin de l'incident,
        fin d'incident, fin de la panne, mitigated, addressed, superat*, terminat*, à bon port,
        bien passé*, buon fine, ohne zwischenfälle, went well, return* to normal,
        returned to its normal state, normalised, normalized, revenu* à la normale,
        retour* à la normale, normalisé*, normalisiert, normalizzat*, rientrat*,
        rientro alla normalità, réparé*, corrigé*, solved, is over, is now over, resumed,
        all clear, behoben, gelöst, abgeschlossen, beendet, wiederhergestellt, beseitigt,
        erledigt, entwarnung, entstört, repariert, vorbei, risolt*, concluso, conclusa,
        ripristinat*, riparat*
    """)
    + RESTORED
)
PLANNED = _listed("""
    planned, scheduled, maintenance, upgrade, planifié*, programmé*, prévu*, travaux,
    mise à jour, geplant*, wartung*, unterhalt*, update am, updates am, release am,
    pianificat*, programmat*, previst*, manutenzion*, aggiornamento del
""")
INCIDENT = (
    _listed("""
        incident*, outage*, disruption*, degraded, degradation*, unavailable, down, error*, slow*,
        issue*, problem*, investigating, identified, panne*, perturbation*, interruption*,
        indisponible*, dégradé*, ralenti*, dysfonctionnement*, *störung*, gestört*, *ausfall*,
        *ausfäll*, *unterbruch*, *unterbrüch*, *unterbrechung*, *problem*, *abbrüch*,
        nicht verfügbar, eingeschränkt*, beeinträchtig*, vorf*, guast*, interruzion*, problem*,
        disserviz*, problème*
    """)
    + ABSENT
    + _listed("""
        out of service, out of order, unreachable, inaccessible*, unresponsive, offline,
        interrupted, failing, fails, failed, failure*, unable to, cannot, can't, timeout*,
        time* out, timing out, latency, delay*, disrupted, trouble*, fault*, impossible*,
        injoignable*, lenteur*, lent, lente, lents, lentes, coupure*, interrompu*, hors service,
        erreur*, défaillan*, instable*, difficulté*, bloqué*, indisponibilité*, échou*,
        unerreichbar, langsam*, verlangsam*, verzöger*, ausgefallen, unterbrochen, fehler*,
        defekt*, hängt, antwortzeit*, response time*, temps de réponse, not work, don't work,
        doesn't work, investigu*, hs, read-only, read only, lecture seule, nur lesend,
        sola lettura, reoccur*, fehlschl*, schlägt fehl, schlagen fehl, ladezeit*, perturbé*,
        hors ligne, sospes*, suspendu*, not be able, not able, unstable, instabil*, intermittent*,
        looking into, broken, crash*, overload*, kaputt, abgestürzt, überlast*, lahmgelegt,
        ausser betrieb, außer betrieb, nicht in betrieb, planté*, surcharg*, limité*, limitat*,
        sovraccaric*, no access, aucun accès, aucune connexion, nessun accesso,
        nessuna connessione, plante, plantent, reduced, réduit*, reduziert*, ridott*,
        intermittence, stopped, giù, raté*, crawling, spotty, sporadi*, lentissim*, login loop*,
        looping, perdu ~ connexion, lost ~ connection, bricht ~ ab, brechen ~ ab, cade, cadono,
        sluggish, unreliable, patchy, stuck, hanging, hangs, klemmt, streikt, harzt, zickt,
        spinnt, patine*, capricieu*, ralent*, abgebrochen, abbricht, be back, rame, rament,
        white screen*, blank page*, blank screen*, lentement, ne permet* pas, ne permet* plus,
        dropped, page blanche, écran blanc, *weisse* bildschirm, tombé*, bug, bugs, buggé*,
        freez*, frozen, fehlt, fehlen, missing, manquent, mancano, spinning, irraggiungibil*,
        inaccessibil*, indisponibil*, rallentament*, rallentat*, lento, lenta, lentezza, lentezze,
        interrott*, malfunzionament*, errore, errori, impossibil*, fuori servizio, anomali*,
        bloccat*
    """)
)

"""Texts of a diagnosis: fault locations, reasons, and the deciding observation."""

from dashboard.translations import Language
from procedure.diagnosis.reasons import DiagnosisReason
from procedure.diagnosis.rules import FaultLocation


def fault_name(origin: FaultLocation, language: Language) -> str:
    say = language.say
    return {
        FaultLocation.WORKSTATION: say("un seul poste"),
        FaultLocation.VDI: say("les sessions VDI"),
        FaultLocation.SITE: say("un seul site"),
        FaultLocation.CAMPUS: say("notre réseau"),
        FaultLocation.INTERNET: say("l’accès à Internet"),
        FaultLocation.LOGIN: say("le service de connexion"),
        FaultLocation.ALMA: say("Alma"),
        FaultLocation.PLANNED: say("des travaux annoncés"),
        FaultLocation.WATCHER: say("le serveur de Relais"),
        FaultLocation.NOTHING: say("aucune cause trouvée"),
        FaultLocation.UNKNOWN: say("on ne sait pas"),
    }[origin]


def reason_text(reason: DiagnosisReason, language: Language) -> str:
    count, of = reason.count, reason.of
    texts = (
        _near(count, of, language)
        | _networks(language)
        | _alma(count, of, language)
        | _reports(count, language)
    )
    return texts[reason.key]


def observation(decides: str, language: Language) -> str:
    """Return the observation that would tell the possible fault locations apart."""
    say = language.say
    return {
        "log_in": say("essayer de se connecter à Alma, et dire ici si cela marche"),
        "more_reports": say("d’autres postes qui disent si Alma marche chez eux"),
        "any_workstation": say("une page de Relais ouverte sur un poste"),
        "outside": say("essayer le site externe"),
        "any_look": say("un premier relevé"),
    }[decides]


def _near(count: int, of: int, language: Language) -> dict[str, str]:
    say, plural = language.say, language.plural
    return {
        "server_alone": say(
            "le serveur de Relais n’atteint pas Alma, {count} postes sur {of} si",
            count=count,
            of=of,
        ),
        "only_vdi": plural(
            "seul {count} poste VDI échoue, ailleurs Alma répond",
            "seuls les {count} postes VDI échouent, ailleurs Alma répond",
            count,
        ),
        "one_vdi": say("le seul poste VDI connu échoue, les autres non"),
        "one_site": plural(
            "{count} poste d’un seul site échoue, ailleurs Alma répond",
            "{count} postes d’un seul site échouent, ailleurs Alma répond",
            count,
        ),
        "one_workstation": say("un seul poste échoue, les autres non"),
        "one_known": say("le seul poste connu échoue, le serveur de Relais atteint Alma"),
        "differ": plural(
            "{count} poste sur {of} échoue, à divers endroits",
            "{count} postes sur {of} échouent, à divers endroits",
            count,
            of=of,
        ),
        "some_work": plural(
            "{count} poste sur {of} atteint Alma",
            "{count} postes sur {of} atteignent Alma",
            count,
            of=of,
        ),
        "nothing_known": say("rien n’a été relevé récemment"),
    }


def _networks(language: Language) -> dict[str, str]:
    say = language.say
    return {
        "one_alone": say("le seul poste qui s’est manifesté n’atteint rien"),
        "campus_silent": say("ni le site externe ni notre réseau ne répondent"),
        "desks_cut": say("le serveur atteint le site externe, aucun poste n’y arrive"),
        "server_silent": say("le serveur n’atteint rien, et aucun poste n’a rien dit"),
        "server_cut": say("le serveur n’atteint plus personne, et aucun poste n’a rien dit"),
        "outside_silent": say("le site externe ne répond pas"),
        "outside_unread": say("le site externe n’a pas été essayé récemment"),
        "logins_fail": say("tout ce qui passe par le service de connexion échoue"),
        "system_answers": say("Alma lui-même répond, aucun lien n’y mène"),
        "login_errors": say("le lien habituel renvoie une erreur, l’autre lien répond"),
        "usual_way_fails": say("le lien habituel échoue, l’autre répond"),
    }


def _alma(count: int, of: int, language: Language) -> dict[str, str]:
    say, plural = language.say, language.plural
    return {
        "work_is_on": say("des travaux annoncés sont en cours"),
        "alma_silent": say("le site externe répond, aucun lien d’Alma"),
        "announced": say("une page d’état annonce un incident"),
        "announced_unseen": say("une page d’état annonce un incident, Alma répond encore"),
        "vendor_silent": say("aucune page d’état n’annonce d’incident"),
        "vendor_reports": plural(
            "{count} page d’état sur {of} annonce un incident",
            "{count} pages d’état sur {of} annoncent un incident",
            count,
            of=of,
        ),
        "answers": say("Alma répond, et personne ne dit le contraire"),
    }


def _reports(count: int, language: Language) -> dict[str, str]:
    say, plural = language.say, language.plural
    return {
        "reports_outweigh": plural(
            "{count} poste dit qu’Alma ne marche pas, et personne qu’il marche",
            "{count} postes disent qu’Alma ne marche pas, et personne qu’il marche",
            count,
        ),
        "reported_only": plural(
            "l’adresse répond, mais {count} poste dit qu’Alma ne marche pas",
            "l’adresse répond, mais {count} postes disent qu’Alma ne marche pas",
            count,
        ),
        "single_report": say("une personne dit qu’Alma ne marche pas, aucun collègue n’a rien dit"),
    }

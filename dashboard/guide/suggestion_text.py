"""Texts that give the reason for a suggestion, or for the lack of one."""

from dashboard.translations import Language
from dashboard.translations.sentences import in_words
from procedure.diagnosis.suggestion import SuggestionReason


def suggestion_text(reason: SuggestionReason, language: Language) -> str:
    count, of = (int(reason.values.get(name, 0)) for name in ("count", "of"))
    texts = (
        _pages(count, of, language)
        | _others(count, of, language)
        | _this_workstation(count, of, language)
    )
    return texts[reason.key]


def _pages(count: int, of: int, language: Language) -> dict[str, str]:
    pages = in_words(of, language)
    unread = language.plural(
        "Une seule des {of} pages a été lue récemment.",
        "{count} des {of} pages ont été lues récemment.",
        count,
        of=pages,
    )
    none = language.plural(
        "La page n’a pas été lue récemment.",
        "Aucune des {of} pages n’a été lue récemment.",
        of,
        of=pages,
    )
    announced = language.plural(
        "Une des {of} pages annonce un incident.",
        "{count} des {of} pages annoncent un incident.",
        count,
        of=pages,
    )
    return {
        "page_reports": announced if of > 1 else language.say("La page annonce un incident."),
        "work_is_on": language.say("Des travaux annoncés sont en cours."),
        "work_is_ahead": language.say(
            "Aucun incident ; des travaux sont annoncés, pas maintenant."
        ),
        "pages_quiet": language.plural(
            "La page n’annonce rien.", "Les {of} pages n’annoncent rien.", of, of=pages
        ),
        "pages_unread": unread if count else none,
    }


def _others(count: int, of: int, language: Language) -> dict[str, str]:
    say, plural = language.say, language.plural
    return {
        "no_colleague": say("Aucun autre poste ne montre si Alma marche."),
        "colleagues_work": plural(
            "Le seul autre poste connu y arrive.", "Les {count} autres postes y arrivent.", of
        ),
        "colleagues_fail": plural(
            "Le seul autre poste connu n’y arrive pas.",
            "Aucun des {count} autres postes n’y arrive.",
            of,
        ),
        "colleagues_say_no": plural(
            "À un autre poste, on dit qu’Alma ne marche pas.",
            "À {count} autres postes, on dit qu’Alma ne marche pas.",
            count,
        ),
        "colleagues_differ": say(
            "Les autres postes se contredisent\u202f: {count} sur {of} y arrivent.",
            count=count,
            of=of,
        ),
        "only_vdi": say(
            "Aucun poste VDI n’y arrive (0 sur {count}), tous les autres oui ({of} sur {of}).",
            count=count,
            of=of,
        ),
    }


def _this_workstation(count: int, of: int, language: Language) -> dict[str, str]:
    say = language.say
    return {
        "not_tried_here": say("Aucun essai récent ici."),
        "answers_here": say("Une adresse répond depuis ce poste."),
        "none_answers_here": language.plural(
            "L’adresse ne répond pas depuis ce poste.",
            "Aucune des {of} adresses ne répond depuis ce poste.",
            of,
            of=in_words(of, language),
        ),
        "one_unread_here": say(
            "{count} adresse sur {of} échoue depuis ce poste, le reste n’a pas été essayé.",
            count=count,
            of=of,
        ),
        "login_unconfirmed": say(
            "L’adresse répond\u202f; personne n’a confirmé que l’on peut se connecter."
        ),
        "no_rule": say("Rien ne permet d’en proposer une."),
    }

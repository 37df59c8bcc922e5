"""The sentences of the desk file, beside and in place of those of the desk page."""

from __future__ import annotations

from dashboard.translations import Language


def file_texts(language: Language) -> dict[str, str]:
    """Return the sentences by key; the page fills `{…}` in."""
    return _state_texts(language) | _kept_texts(language)


def _state_texts(language: Language) -> dict[str, str]:
    say = language.say
    return {
        "state_file": say("Sans serveur."),
        "then_file": say("Prêtez : tout est gardé dans ce navigateur."),
        "state_old": say("Ce fichier a {count} jours."),
        "then_old": say("Prêtez quand même, et demandez-en un plus récent."),
        "state_behind": say("L’horloge de ce poste retarde d’au moins {length}."),
        "then_behind": say("Réglez-la avant de prêter."),
        "clock_unchecked": say("{time}, horloge non vérifiée"),
        "file_age_none": say("fichier d’aujourd’hui"),
        "file_age_one": say("fichier d’hier"),
        "file_age": say("fichier du {day}, il y a {count} jours"),
    }


def _kept_texts(language: Language) -> dict[str, str]:
    say = language.say
    kept = say("Gardé dans ce navigateur : enregistrez le fichier à la fin.")
    return {
        "file_saved": say("{name} est-il dans les téléchargements de ce navigateur ?"),
        "waiting_none": say("Rien à enregistrer."),
        "waiting_some": kept,
        "waiting_file": kept,
        "waiting_lost": say("Le fichier à côté ne s’écrit plus : choisissez-en un autre."),
        "beside": say("Chaque scan est aussi écrit dans {name}."),
        "taken": say("{name} est repris."),
        "taken_other": say("{name} vient d’une autre bibliothèque : rien n’en est repris."),
        "taken_unreadable": say("{name} n’est pas un fichier de cette page."),
        "erased": say("Ce navigateur ne garde plus rien d’ici."),
        "not_erased": say("Enregistrez d’abord : des scans ne sont dans aucun fichier."),
    }

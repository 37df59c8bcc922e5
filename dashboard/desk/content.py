"""The content of the desk page and the desk file: procedure, contacts and texts."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from dashboard.guide.contact_card import weekdays
from dashboard.loans.scan_text import scan_texts
from dashboard.loans.slip_text import slip_texts
from dashboard.translations import Language, language as language_of, offered_languages
from dashboard.ui.templating import render
from procedure.circulation.double_scans import DOUBLE_READ
from procedure.guide.steps import Step
from procedure.handbook.model import Handbook
from procedure.local_time import library_zone


def desk_content(handbook: Handbook, version: str, *, demo: str = "") -> dict[str, object]:
    """Return the content of `papers.json`, with the page's HTML in each language.

    If `demo` is given ("demo" or "drill"), the page says that its content is made up.
    """
    return {
        "version": version,
        "desks": {code: desk.name for code, desk in handbook.desks.items()},
        "rules": handbook.scan_rules(),
        "slips": slip_texts(handbook),
        "double_read": DOUBLE_READ // timedelta(milliseconds=1),
        "languages": {
            code: _page("page", handbook, language_of(code), {}, demo)
            for code in offered_languages()
        },
    }


def file_content(handbook: Handbook, made: datetime, *, demo: str = "") -> dict[str, object]:
    """Return the content of a desk file.

    `made` is the time at which the file is made (aware). A desk file compares `library` with the
    transactions that it opens, and refuses transactions from another library's file.
    """
    library = handbook.words[handbook.library.languages[0]].library
    return desk_content(handbook, "", demo=demo) | {
        "version": f"{made.astimezone(library_zone()):%Y-%m-%d}",
        "made": made.isoformat(timespec="seconds"),
        "library": library,
        "languages": {
            code: _page("file", handbook, language_of(code), file_texts(language_of(code)), demo)
            for code in offered_languages()
        },
    }


def _page(
    template: str, handbook: Handbook, language: Language, texts: dict[str, str], demo: str
) -> dict[str, object]:
    words = handbook.words[language.code]
    page = render(
        f"desk/{template}",
        language,
        words=words,
        demo=demo,
        drill_address="../drill" if template == "page" else "",
        steps=handbook.procedure.steps,
        vdi=handbook.procedure.asks_about_vdi,
        targets=handbook.targets,
        desks=handbook.desks,
        contacts=list(_contacts(handbook, language)),
        weekdays=lambda days: weekdays(days, language),
    )
    return {
        "page": page,
        "words": scan_texts(language) | desk_texts(language) | texts,
        "targets": {key: target.name for key, target in words.targets.items()},
        "made_up": language.made_up,
    }


def _contacts(handbook: Handbook, language: Language) -> Iterator[tuple[Step, object, object]]:
    """Yield each step that has a contact, with the contact and its texts."""
    words = handbook.words[language.code].contacts
    for step in handbook.procedure.steps.values():
        if step.contact is not None:
            yield step, handbook.contacts[step.contact], words[step.contact]


def desk_texts(language: Language) -> dict[str, str]:
    """Return the texts about connection, storage and readings; the page fills in `{…}`."""
    return _connection_texts(language) | _storage_texts(language) | _reading_texts(language)


def _connection_texts(language: Language) -> dict[str, str]:
    say = language.say
    stay = say("Continuez à prêter : tout est gardé sur ce poste.")
    return {
        "state_up": say("Le serveur répond."),
        "then_up": say("Les prêts d’ici y arrivent aussitôt."),
        "then_back": say("La page principale revient d’elle-même, jamais au milieu d’un lecteur."),
        "state_asking": say("Le serveur n’a pas encore répondu."),
        "then_asking": stay,
        "state_unreachable": say("Serveur injoignable depuis {time}."),
        "state_never": say("Serveur injoignable."),
        "then_unreachable": stay,
        "state_login": say("Votre connexion a expiré."),
        "then_login": say("Continuez à prêter, puis reconnectez-vous sur la page principale."),
        "state_forbidden": say("Le serveur refuse ce poste."),
        "then_forbidden": say(
            "Continuez à prêter, enregistrez un fichier, appelez la coordination."
        ),
        "state_server": say("Le serveur échoue depuis {time}."),
        "then_server": stay,
        "state_full": say("Le serveur ne peut pas écrire : son disque est peut-être plein."),
        "then_full": say("Continuez à prêter et prévenez la coordination."),
        "state_unwritable": say(
            "Le serveur n’enregistre plus rien\u202f: sa base de données a un problème."
        ),
        "then_unwritable": say(
            "Continuez à prêter, tout reste sur ce poste, et prévenez la coordination."
        ),
        "state_busy": say("Le serveur reçoit trop de messages."),
        "then_busy": say("L’envoi reprend tout seul."),
        "state_version": say("Cette page est d’une autre version que le serveur."),
        "then_version": say("Enregistrez un fichier, puis rechargez la page."),
        "state_browser": say("Ce navigateur n’enregistre plus rien."),
        "then_browser": say("Enregistrez un fichier, puis rechargez la page."),
        "off_slow": say("L’horloge de ce poste retarde de {length}."),
        "off_fast": say("L’horloge de ce poste avance de {length}."),
        "off_then": say("Les heures sont corrigées ; celle du poste reste notée."),
        "made_at": say("poste {time}"),
    }


def _storage_texts(language: Language) -> dict[str, str]:
    say = language.say
    return {
        "file_none": say("Aucun prêt sur ce poste : rien à enregistrer."),
        "file_saved": say("Téléchargement lancé : {name}."),
        "not_persistent": say("Ce navigateur peut effacer ce qui est gardé ici."),
        "nearly_full": say("Le stockage de ce navigateur est presque plein."),
        "unkept": say(
            "Le navigateur n’enregistre plus rien : ces prêts sont dans cette page seule."
        ),
        "cleared": say(
            "Les données de ce navigateur ont été effacées : gardez cette page ouverte."
        ),
        "vdi": say("Une session VDI peut être vidée à la déconnexion."),
        "vdi_save": say("Enregistrez un fichier avant la fin du service."),
        "no_https": say("Sans HTTPS, cette page ne s’ouvre pas quand le serveur est arrêté."),
        "no_https_then": say(
            "Laissez-la ouverte, et demandez à la coordination l’adresse en https."
        ),
        "no_worker": say("Ce navigateur n’ouvre pas cette page quand le serveur est arrêté."),
        "keep_open": say("Laissez-la ouverte ; les prêts restent gardés sur ce poste."),
        "save": say("Enregistrez un fichier avant de fermer la session."),
        "reason_log": say("annulé dans le journal du poste"),
        "loan_count_none": say("aucun prêt aujourd’hui"),
        "loan_count_one": say("1 prêt aujourd’hui"),
        "loan_count": say("{count} prêts aujourd’hui"),
        "cart_count_one": say("1 sur le chariot"),
        "cart_count": say("{count} sur le chariot"),
        "on_cart": say("chariot"),
        "on_cart_named": say("chariot {cart}"),
        "late": say("saisi plus tard"),
        "sheet_title": say("Prêts en secours du {day}"),
        "sheet_printed": say("imprimé à {time}, {loans}"),
        "sheet_loans_none": say("aucun prêt"),
        "sheet_loans_one": say("1 prêt"),
        "sheet_loans": say("{count} prêts"),
    }


def _reading_texts(language: Language) -> dict[str, str]:
    say = language.say
    return {
        "ago": say("il y a {age}"),
        "fresh": say("à jour"),
        "grid_at": say("{time}, il y a {age}"),
        "grid_none": say("aucun relevé encore sur ce poste"),
        "now_up": say("Répond"),
        "now_slow": say("Lent"),
        "now_down": say("Échoue"),
        "now_unknown": say("Inconnu"),
        "was_up": say("Répondait"),
        "was_slow": say("Était lent"),
        "was_down": say("Échouait"),
        "was_unknown": say("Inconnu"),
    }


def file_texts(language: Language) -> dict[str, str]:
    """Return the desk file's own texts; the page fills in `{…}`."""
    return _state_texts(language) | _kept_texts(language)


def _state_texts(language: Language) -> dict[str, str]:
    say = language.say
    return {
        "state_file": say("Sans serveur."),
        "then_file": say("Prêtez, puis enregistrez un fichier avant de fermer cette page."),
        "state_unkept": say("Ce navigateur n’enregistre plus rien."),
        "then_unkept": say("Enregistrez un fichier avant de fermer la session."),
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
    kept = say("À enregistrer dans un fichier avant de fermer cette page.")
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

"""Runs an action, and explains its refusal in the page's language."""

from collections.abc import Callable, Mapping

from dashboard.core.errors import NotAllowed, ReadOnly
from dashboard.translations import Language
from procedure.errors import JournalUnwritable, OfflineFileError, TransactionRefused


def try_action(
    act: Callable[[], object], language: Language, texts: Mapping[str, str] | None = None
) -> str:
    """Run an action; return a sentence that explains its refusal, or an empty string.

    `texts` maps the reasons of a `TransactionRefused` to sentences; `other` is for all other
    reasons. Without `texts`, such a refusal is raised.
    """
    try:
        act()
    except TransactionRefused as refusal:
        if texts is None:
            raise
        return texts.get(refusal.reason, texts["other"])
    except JournalUnwritable:
        return language.say("Le serveur ne peut pas écrire : rien n’est enregistré. Réessayez.")
    except ReadOnly:
        return language.say("Lecture seule : d’ici, rien n’est enregistré.")
    except NotAllowed:
        return not_allowed_text(language)
    except OfflineFileError:
        return language.say("Ce fichier ne peut plus être refait à l’identique : appelez l’équipe.")
    return ""


def not_allowed_text(language: Language) -> str:
    """Return the message for a visitor who lacks the permission for an action."""
    return language.say("Vous n’avez pas le droit de faire cela ici : demandez à la coordination.")

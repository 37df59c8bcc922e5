"""Trying an act: what it refuses comes back as one sentence in the reader's language."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.errors import NotAllowed
from dashboard.loans.reason_text import reason_texts
from dashboard.translations import Language
from procedure.errors import JournalUnwritable, OfflineFileError, TransactionRefused


def try_action(act: Callable[[], object], language: Language) -> str:
    """Do it; return the sentence of its refusal, empty when it was done."""
    why = reason_texts(language)
    try:
        act()
    except TransactionRefused as refusal:
        return why.get(refusal.reason, why["other"])
    except JournalUnwritable:
        return language.say("Le serveur ne peut pas écrire : rien n’est enregistré. Réessayez.")
    except NotAllowed:
        return why["not_allowed"]
    except OfflineFileError:
        return language.say("Ce fichier ne peut plus être refait à l’identique : appelez l’équipe.")
    return ""

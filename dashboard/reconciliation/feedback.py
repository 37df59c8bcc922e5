"""Trying an act of the way back: what it refuses comes back as one sentence."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.loans.reason_text import reason_texts
from dashboard.translations import Language
from dashboard.ui.feedback import try_action


def try_reconciliation(act: Callable[[], object], language: Language) -> str:
    """Do it; return the sentence of its refusal, empty when it was done."""
    return try_action(act, language, reason_texts(language) | _refusals(language))


def _refusals(language: Language) -> dict[str, str]:
    say = language.say
    name = say("Dites d’abord qui vous êtes : un nom ou des initiales.")
    return {
        "name_missing": name,
        "operator_missing": name,
        "library_missing": say("Les papiers ne disent pas la bibliothèque de ce guichet."),
        "reason_missing": say("Dites en quelques mots comment c’est réglé."),
        "unchanged": say("Rien n’a changé : écrivez le code juste, puis corrigez."),
        "not_settled": say("Des prêts restent à régler : réglez-les, puis signez."),
        "nothing_to_sign": say("Aucun prêt au journal : rien à signer."),
        "row_moved": say("Quelque chose vient de changer : regardez de nouveau, puis confirmez."),
        "nothing_to_settle": say("Cette ligne est déjà réglée ou annulée."),
        "not_exported": say("Ce prêt n’est dans aucun fichier : écrivez-le, ou annulez le prêt."),
        "loan_unknown": say("Cette ligne n’est plus là : rechargez la page."),
    }

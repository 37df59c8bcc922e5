"""Texts for the warnings that a loan gets from the account and item lists."""

from datetime import datetime, timedelta

from dashboard.translations import Language
from procedure.circulation.list_advice import Reason
from procedure.circulation.transactions import Loan
from procedure.local_time import local, local_day


def list_texts(language: Language) -> dict[str, str]:
    say = language.say
    return {
        Reason.CARD_BLOCKED.value: say("Compte bloqué"),
        Reason.CARD_EXPIRED.value: say("Carte expirée"),
        Reason.CARD_UNKNOWN.value: say("Carte inconnue ici"),
        Reason.ITEM_NOT_FOR_LOAN.value: say("Exclu du prêt"),
        Reason.ITEM_REQUESTED.value: say("Réservé pour un autre lecteur"),
        Reason.ITEM_SHORT_LOAN.value: say("Prêt court"),
        Reason.ITEM_UNKNOWN.value: say("Code inconnu ici"),
        "list": say("liste {age}"),
        "today": say("d’aujourd’hui, {time}"),
        "yesterday": say("d’hier, {time}"),
        "on": say("du {day}, {time}"),
        "late": say(
            "Celles de cette nuit ne sont pas arrivées. Sans nouvelles listes, plus rien n’est dit "
            "à partir du {day}, {time}."
        ),
        "silent": say("Elles sont trop anciennes : plus rien n’est dit."),
        "despite": say("Prêté malgré la liste. {said}"),
    }


def is_listed(loan: Loan) -> bool:
    """Return whether the loan's warning comes from a list."""
    return loan.warning in _REASONS


def list_warnings_text(loan: Loan, now: datetime, language: Language) -> str:
    """Return the lists' warnings about a loan, and who lent the item despite them; `now` is aware.

    If `loan.warning` does not come from a list, `overridden` is ignored, because it then means that
    staff confirmed the loan despite a different warning.
    """
    texts = list_texts(language)
    ages = (texts["list"].format(age=_age(advice.as_of, now, language)) for advice in loan.told)
    warnings = " ".join(
        f"{texts[advice.reason]} ({age})." for advice, age in zip(loan.told, ages, strict=True)
    )
    if not loan.overridden or not is_listed(loan):
        return warnings
    despite = texts["despite"].format(said=warnings)
    return f"{despite} {loan.operator}." if loan.operator else despite


def _age(as_of: datetime, now: datetime, language: Language) -> str:
    texts = list_texts(language)
    days = local_day(now) - local_day(as_of)
    key = {timedelta(): "today", timedelta(days=1): "yesterday"}.get(days, "on")
    day = language.day(as_of, short=True)
    return texts[key].format(time=f"{local(as_of):%H:%M}", day=day)


_REASONS = frozenset(reason.value for reason in Reason)

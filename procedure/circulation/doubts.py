"""The doubts about a loan that keep it out of every file until a person decides: the questions.

A doubt concerns who or what was scanned, or a reason for which Alma may refuse the loan. Alma's
file cannot record a doubt, and a loan to the wrong patron is worse than one that arrives a day
later.
"""

from collections.abc import Mapping

from procedure.circulation.list_advice import Reason
from procedure.circulation.transactions import Loan

# Keyed by `Loan.warning`. A key that is not listed is a question: the shapes in a handbook may
# raise doubts of their own, and earlier versions may have stored others.
IS_QUESTION: Mapping[str, bool] = {
    # Perhaps the wrong patron.
    "unknown_card": True,  # no card here looks like it: an item's barcode, or a card partly read
    "matriculation": True,  # a number from the same card, under which Alma may know somebody else
    "looks_like_item": True,  # an item was scanned in place of the patron
    "other_patron": True,  # lent to somebody else today: one of the two cards may be wrong
    # Perhaps the wrong item.
    "looks_like_patron": True,  # a card was scanned in place of the item
    "isbn": True,  # identifies a title, of which the library may have ten copies
    "address": True,  # the wrong code on the label
    "small_letters": True,  # a keyboard that changes letters may have changed more
    "on_cart": True,  # the earlier patron still has it in Alma, or another book was scanned
    # Perhaps both.
    "swapped": True,
    "glued": True,
    "partial": True,
    # Alma may refuse it: raised if the handbook lets a person decide on a list's warning.
    **{reason.value: True for reason in Reason if reason is not Reason.KNOWN},
    # Information: the same patron already has the item, and the file contains the loan again.
    "renewal": False,
    # Information: the loan it repeats counts in its place, so it is not in any file itself.
    "repeated": False,
    # Information: each export checks loans against its own layout, leaves out any that do not fit,
    # and says what to do about them. A corrected scan has its shape checked again.
    "item_too_long": False,
    "item_not_ascii": False,
    "patron_too_long": False,
    "patron_not_ascii": False,
}


# Questions about the card alone: one answer applies to every loan to that card.
ABOUT_CARD = frozenset(
    {
        "unknown_card",
        "matriculation",
        Reason.CARD_BLOCKED,
        Reason.CARD_EXPIRED,
        Reason.CARD_UNKNOWN,
    }
)


def is_question(key: str | None) -> bool:
    """Return whether the doubt with this key keeps a loan out of every file; False for None."""
    return key is not None and IS_QUESTION.get(key, True)


def question_of(loan: Loan, key: str | None) -> tuple[object, ...]:
    """Return the key shared by loans that one answer decides: card and doubt, or the loan alone."""
    return (loan.patron, key) if key in ABOUT_CARD else (loan.id,)

"""Doubts about a loan; some are questions, which keep it out of every file until staff decide.

A doubt is about the patron or item scanned, or about a reason why Alma may refuse the loan.
Alma's file cannot express a doubt, and a loan to the wrong patron is worse than a loan that reaches
Alma a day late.
"""

from collections.abc import Mapping

from procedure.circulation.list_advice import Reason
from procedure.circulation.transactions import Loan

# Whether each doubt is a question, by its key (`Loan.warning`). Unlisted keys are questions: the
# shapes in a handbook may raise doubts of their own, and earlier versions may have stored others.
IS_QUESTION: Mapping[str, bool] = {
    # Perhaps the wrong patron.
    "unknown_card": True,  # unlike this library's cards: an item's barcode, or a partly read card
    "matriculation": True,  # another number on the card, which may be somebody else's in Alma
    "looks_like_item": True,  # an item was scanned in place of a card
    "other_patron": True,  # lent to somebody else today; one of the cards may be wrong
    # Perhaps the wrong item.
    "looks_like_patron": True,  # a card was scanned in place of the item
    "isbn": True,  # identifies a title, not a copy
    "address": True,  # a web address: the wrong code on the label was scanned
    "small_letters": True,  # the keyboard layout may have changed other characters too
    "on_cart": True,  # it is still lent to the previous patron in Alma, or it is the wrong book
    # Perhaps both.
    "swapped": True,
    "glued": True,
    "partial": True,
    # A list warns that Alma may refuse the loan, and the handbook lets staff decide.
    **{reason.value: True for reason in Reason if reason is not Reason.KNOWN},
    # Information: the same patron already has the item. The file contains both loans.
    "renewal": False,
    # Information: this loan repeats an earlier loan. The earlier loan counts, and this loan is not
    # in any file.
    "repeated": False,
    # Information: each export checks loans against its own layout, leaves out any that do not fit,
    # and says what to do about them.
    "item_too_long": False,
    "item_not_ascii": False,
    "patron_too_long": False,
    "patron_not_ascii": False,
}


# Questions about the card alone: one answer applies to all loans on that card.
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
    """Return a key that loans share if one answer applies to all their questions."""
    return (loan.patron, key) if key in ABOUT_CARD else (loan.id,)

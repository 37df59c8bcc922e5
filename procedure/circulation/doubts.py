"""Doubts about a loan; doubts that are questions keep the loan out of every file.

A doubt concerns the patron or item scanned, or a reason why Alma may refuse the loan. If the doubt
is a question, the loan stays out of every file until staff decide: Alma's file cannot express a
doubt, and a loan to the wrong patron is worse than a loan that reaches Alma a day late.
"""

from collections.abc import Mapping

from procedure.circulation.list_advice import Reason
from procedure.circulation.transactions import Loan

# Whether each doubt is a question, by its key (`Loan.warning`). Keys that are not listed are
# questions: the shapes in a handbook may raise other doubts, and earlier versions may have stored
# other keys.
IS_QUESTION: Mapping[str, bool] = {
    # Perhaps the wrong patron.
    "unknown_card": True,  # unlike our cards: perhaps an item's barcode or a partly read card
    "matriculation": True,  # another number on the card, which may identify somebody else in Alma
    "looks_like_item": True,  # an item was scanned in place of a card
    "other_patron": True,  # lent to somebody else today; one of the two cards may be wrong
    # Perhaps the wrong item.
    "looks_like_patron": True,  # a card was scanned in place of the item
    "isbn": True,  # identifies a title, not a copy
    "address": True,  # a web address: the wrong code on the label was scanned
    "small_letters": True,  # the keyboard layout may have changed other characters too
    "on_cart": True,  # still lent to the previous patron in Alma, or the wrong book
    # Perhaps both.
    "swapped": True,
    "glued": True,
    "partial": True,
    # A list warns that Alma may refuse the loan, and the handbook lets staff decide.
    **{reason.value: True for reason in Reason if reason is not Reason.KNOWN},
    # Information: the same patron already has the item. The file contains both loans.
    "renewal": False,
    # Information: this loan repeats an earlier loan. The earlier loan counts, and this loan is left
    # out of every file.
    "repeated": False,
    # Information: each export checks the loans against its own layout. The export leaves out loans
    # that do not fit, and says what to do about them.
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
    """Return a key for a loan's question; one answer applies to all questions with this key."""
    return (loan.patron, key) if key in ABOUT_CARD else (loan.id,)

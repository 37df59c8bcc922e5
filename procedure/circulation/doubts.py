"""Which doubts about a loan are questions that keep it out of every file until a person decides.

A doubt names who or what was scanned, or why Alma may refuse it. Alma's file cannot carry it, and a
loan on the wrong reader is worse than one that comes a day later.
"""

from collections.abc import Mapping

from procedure.circulation.list_advice import Reason
from procedure.circulation.transactions import Loan

# By the key of `Loan.warning`. What is not listed is a question: a handbook's shapes may raise
# doubts of their own, and an earlier version may have stored some.
IS_QUESTION: Mapping[str, bool] = {
    # Perhaps the wrong reader.
    "unknown_card": True,  # no card of this library looks like it: a barcode, or one read in part
    "matriculation": True,  # a number from the same card, by which Alma may know somebody else
    "looks_like_item": True,  # an item stands where the reader is to be
    "other_patron": True,  # lent to somebody else today: one of the two cards may be wrong
    # Perhaps the wrong item.
    "looks_like_patron": True,  # a card stands where the item is to be
    "isbn": True,  # names a title, of which the library may have ten copies
    "address": True,  # the other code on the label
    "small_letters": True,  # a keyboard that changes letters may have changed others
    "on_cart": True,  # the earlier reader still has it in Alma, or the scan was of another book
    # Perhaps both.
    "swapped": True,
    "glued": True,
    "partial": True,
    # Alma may refuse it: raised where the handbook has a person decide about what a list says.
    **{reason.value: True for reason in Reason if reason is not Reason.KNOWN},
    # Information: the same reader has the same item already, and a file writes that as a loan.
    "renewal": False,
    # Information: the reading that it repeats stands for it, and it is in no file by itself.
    "repeated": False,
    # Information: each export measures a loan against its own layout, leaves it out where it does
    # not fit, and names it with what to do. A scan put right is judged again by its shape.
    "item_too_long": False,
    "item_not_ascii": False,
    "patron_too_long": False,
    "patron_not_ascii": False,
}


# Questions about the card alone: one answer decides for all that the same card took.
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
    """Return what two loans share that one answer decides: the card and the doubt, or nothing."""
    return (loan.patron, key) if key in ABOUT_CARD else (loan.id,)

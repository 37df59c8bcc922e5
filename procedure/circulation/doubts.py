"""Which doubts about a loan are questions that keep it out of every file until a person decides.

A doubt is about who or what was scanned, or about why Alma may refuse the loan. Alma's file cannot
carry a doubt, and a loan on the wrong patron is worse than a loan that arrives a day later.
"""

from collections.abc import Mapping

from procedure.circulation.list_advice import Reason
from procedure.circulation.transactions import Loan

# By the key of `Loan.warning`. A key that is not listed is a question: the shapes of a handbook may
# raise doubts of their own, and earlier versions may have stored others.
IS_QUESTION: Mapping[str, bool] = {
    # Perhaps the wrong patron.
    "unknown_card": True,  # no card here looks like it: an item's barcode, or a card read in part
    "matriculation": True,  # a number from the same card, by which Alma may know somebody else
    "looks_like_item": True,  # an item stands in place of the patron
    "other_patron": True,  # lent to somebody else today: one of the two cards may be wrong
    # Perhaps the wrong item.
    "looks_like_patron": True,  # a card stands in place of the item
    "isbn": True,  # names a title, of which the library may have ten copies
    "address": True,  # the other code on the label
    "small_letters": True,  # a keyboard that changes letters may have changed others
    "on_cart": True,  # the earlier patron still has it in Alma, or another book was scanned
    # Perhaps both.
    "swapped": True,
    "glued": True,
    "partial": True,
    # Alma may refuse it: raised where the handbook lets a person decide about a list's advice.
    **{reason.value: True for reason in Reason if reason is not Reason.KNOWN},
    # Information: the same patron already has the item, and the file writes a loan again.
    "renewal": False,
    # Information: the loan that it repeats stands for it, so it is in no file itself.
    "repeated": False,
    # Information: each export checks a loan against its own layout, leaves out a loan that does not
    # fit, and says what to do about it. A corrected scan is judged again by its shape.
    "item_too_long": False,
    "item_not_ascii": False,
    "patron_too_long": False,
    "patron_not_ascii": False,
}


# Questions about the card alone: one answer decides for every loan to that card.
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
    """Return the key of loans that one answer decides: card and doubt, or the loan alone."""
    return (loan.patron, key) if key in ABOUT_CARD else (loan.id,)

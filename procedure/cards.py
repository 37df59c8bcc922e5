"""The known shapes of a user's card, so that a card scanned as an item is noticed.

Cards of the Swiss library platform (SLSP) have many more prefixes than are listed: an unknown
shape is a doubt, never a refusal. Source: SLSP's own public validator of library card numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CardForm:
    """One shape: a name, a regular expression that Python and browsers read alike.

    `warning` is the key of the doubt when the shape is not that of a card but of a number that
    is scanned or typed in its place.
    """

    name: str
    shape: str
    warning: str | None = None


CARD_FORMS = (
    CardForm("slsp", r"^SLSP-?[0-9]{9}$"),
    CardForm("geneva", r"^(20[67]|307|407|507)[0-9]{7}$"),
    CardForm("romandy", r"^20[013459][0-9]{7}$"),
    CardForm("hesso", r"^HES[0-9]{7}$"),
    CardForm("eduid", r"^[0-9]{12}@eduid\.ch$"),
    CardForm("matriculation", r"^([0-9]{8}|[0-9]{2}-[0-9]{3}-[0-9]{3})$", warning="matriculation"),
)
UNKNOWN_CARD = "unknown_card"
LOOKS_LIKE_PATRON = "looks_like_patron"


def card_form(scan: str) -> CardForm | None:
    """Return the shape that a scan has, whatever its case; None when no shape is known."""
    found = (one for one in CARD_FORMS if re.fullmatch(one.shape, scan, re.ASCII | re.IGNORECASE))
    return next(found, None)


def patron_doubt(scan: str) -> str | None:
    """Name what is doubtful about a scan taken as a patron: `matriculation`, `unknown_card`."""
    form = card_form(scan)
    return UNKNOWN_CARD if form is None else form.warning


def item_doubt(scan: str) -> str | None:
    """Name what is doubtful about a scan taken as an item: it may be a card."""
    form = card_form(scan)
    return LOOKS_LIKE_PATRON if form is not None and form.warning is None else None


def scan_doubt(patron: str, item: str) -> str | None:
    """Name what is doubtful about a patron and an item scanned together; the item goes first."""
    return LOOKS_LIKE_PATRON if item == patron else item_doubt(item) or patron_doubt(patron)

"""Classifies scans, and detects doubtful scans.

No scan is refused for its shape, because `scans.toml` covers only the most common codes.
`dashboard/assets/scan_classification.js` does the same in the browser, and is tested with the same
table of scans.
"""

from dataclasses import dataclass, replace
from typing import Literal

from procedure.circulation.scan_rules import (
    FEWEST,
    ScanKind,
    ScanRules,
    ScanShape,
    decode_wrong_layout,
)
from procedure.circulation.transaction_checks import LONGEST_SCAN, checked_loan, trimmed
from procedure.circulation.transactions import Loan

Place = Literal["patron", "item"]

# A scan may be two scans run together only if each of them has at least this length.
SHORTEST = 5
PATRONS = (ScanKind.CARD, ScanKind.NUMBER, ScanKind.EITHER)


@dataclass(frozen=True, slots=True)
class ScanResult:
    """The interpretation of a scan.

    `text` is the code to record. If it differs from the trimmed scan, `repaired` says why:
    `keyboard` (the scan came through a wrong keyboard layout) or `case` (codes with this shape are
    recorded in the other case). `form` is the name of the code's shape, or None. `warning` is the
    key of the doubt about the scan, or None: `glued` (two scans run together), `partial`,
    `unknown_card`, `looks_like_item`, `looks_like_patron`, `small_letters`, or a doubt raised by
    the shape itself (`matriculation`, …).
    """

    text: str
    kind: ScanKind
    form: str | None = None
    warning: str | None = None
    repaired: str | None = None


def classify_scan(scanned: str, place: Place, rules: ScanRules) -> ScanResult:
    """Classify a scan made where a patron or an item was expected."""
    arrived = trimmed(scanned)
    meant = decode_wrong_layout(arrived)
    code = arrived if meant is None else meant
    form = rules.form(code)
    text = _spelled(code, form)
    if form is None:
        warning, kind = _doubt_of_unknown(code, place, rules), ScanKind.UNKNOWN
    else:
        kind = ScanKind.EITHER if rules.is_ambiguous(code) else form.kind
        warning = _doubt_of_known(code, form, kind, place)
    repaired = "keyboard" if meant is not None else "case" if text != code else None
    return ScanResult(text, kind, form.name if form else None, warning, repaired)


def pair_doubt(patron: ScanResult, item: ScanResult) -> str | None:
    """Return the doubt about a scanned patron and item, or None.

    This is `looks_like_patron` if the two scans are equal, ignoring case, and `swapped` if the
    item's code looks like a card's and the patron's code does not look like a patron's. Otherwise,
    a doubt about the item takes precedence over a doubt about the patron.
    """
    if patron.text.lower() == item.text.lower():
        return "looks_like_patron"
    if item.kind is ScanKind.CARD and patron.kind not in PATRONS:
        return "swapped"
    return item.warning or patron.warning


def scan_doubt(patron: str, item: str, rules: ScanRules) -> str | None:
    """Return the doubt about a recorded patron and item, or None; see `pair_doubt`."""
    return pair_doubt(classify_scan(patron, "patron", rules), classify_scan(item, "item", rules))


def with_scan_warning(loan: Loan, rules: ScanRules) -> Loan:
    """Check a loan, and return it with the doubt about its scans as its warning.

    A warning that the loan already has takes precedence, and so does a warning that the loan does
    not fit in Alma's file.

    Raises:
        TransactionRefused: see `procedure.circulation.transaction_checks.checked_loan`.
    """
    loan = checked_loan(loan)
    return (
        loan if loan.warning else replace(loan, warning=scan_doubt(loan.patron, loan.item, rules))
    )


def _spelled(code: str, form: ScanShape | None) -> str:
    spelling = form.spelling if form else ""
    return {"upper": code.upper(), "lower": code.lower()}.get(spelling, code)


def _doubt_of_known(code: str, form: ScanShape, kind: ScanKind, place: Place) -> str | None:
    if kind is ScanKind.EITHER:
        return "looks_like_patron" if place == "item" else None
    if kind is ScanKind.NEITHER:
        return form.warning
    if place == "patron":
        return "looks_like_item" if kind is ScanKind.ITEM else form.warning
    # A patron's number that consists only of digits may also be an item's barcode.
    is_patrons = kind is ScanKind.CARD or (kind is ScanKind.NUMBER and not code.isdecimal())
    return "looks_like_patron" if is_patrons else None


def _doubt_of_unknown(code: str, place: Place, rules: ScanRules) -> str | None:
    if _glued(code, rules):
        return "glued"
    partly = [form for form in rules.forms if form.begun(code)]
    shortest = rules.shortest_item if place == "item" else FEWEST
    if len(code) < shortest or any(place == "patron" or form.lettered for form in partly):
        return "partial"
    if place == "patron":
        return "unknown_card" if rules.describes_cards else None
    return "small_letters" if code != code.upper() else None


def _glued(code: str, rules: ScanRules) -> bool:
    parts = code.split()
    if len(parts) > 1:
        return all(len(part) >= SHORTEST for part in parts)
    if len(code) > LONGEST_SCAN:
        return False
    cuts = range(SHORTEST, len(code) - SHORTEST + 1)
    return any(_two(code[:cut], code[cut:], rules) for cut in cuts)


def _two(left: str, right: str, rules: ScanRules) -> bool:
    """Return whether the two halves are probably separate scans."""
    if left == right:
        return True
    forms = (rules.form(left), rules.form(right))
    known = [form for form in forms if form is not None]
    if any(form.lettered for form in known):
        return True
    return len(known) == 2 and any(form.kind is not ScanKind.NUMBER for form in known)

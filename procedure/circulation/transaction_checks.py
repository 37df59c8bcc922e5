"""Checks that a transaction can be recorded and fits in an offline file."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from procedure.circulation.offline_files.alma_layout import USUAL, Layout
from procedure.circulation.pseudonyms import is_pseudonym
from procedure.circulation.transactions import Loan, Return
from procedure.errors import TransactionRefused

# Anything longer is pasted text, not a card or barcode.
LONGEST_SCAN = 255


def trimmed(scan: str) -> str:
    """Return a scan without the whitespace and line endings that a scanner adds."""
    return scan.strip(" \t\r\n")


def checked_loan(loan: Loan) -> Loan:
    """Check a loan, and return it with its scans trimmed.

    If a code does not fit in Alma's file (because it is too long or not ASCII), the loan gets a
    `warning`, but is accepted because the patron already has the book. The export leaves the loan
    out and reports it.

    Raises:
        TransactionRefused: the desk, the identifier or the barcode is missing, unreadable or too
            long.
    """
    loan = replace(
        loan, desk=trimmed(loan.desk), patron=trimmed(loan.patron), item=trimmed(loan.item)
    )
    _refuse(loan, _NAMES)
    return loan if loan.warning else replace(loan, warning=offline_file_problem(loan, USUAL))


def checked_return(returned: Return) -> Return:
    """Check a return, and return it with its scan trimmed.

    Raises:
        TransactionRefused: the desk or the barcode is missing, unreadable or too long.
    """
    returned = replace(returned, desk=trimmed(returned.desk), item=trimmed(returned.item))
    _refuse(returned, ("desk", "item"))
    return returned


def checked_reason(reason: str) -> str:
    """Return the reason for a void, as a single line.

    Raises:
        TransactionRefused: the reason is missing or cannot be stored.
    """
    line = " ".join(reason.split())
    if not line:
        raise TransactionRefused("reason_missing", "Give a reason in a few words.")
    if not is_storable(line):
        raise TransactionRefused(
            "reason_unreadable", "The reason contains unreadable characters: enter it again."
        )
    return line


def is_storable(text: str) -> bool:
    """Return whether every database can store the text: it has no NUL and no lone surrogate."""
    return "\0" not in text and _encodes(text, "utf-8")


def _refuse(scanned: Loan | Return, fields: Iterable[str]) -> None:
    for field in fields:
        for key, wrong, sentence in _FAULTS:
            if wrong(getattr(scanned, field)):
                raise TransactionRefused(f"{field}_{key}", sentence.format(*_NAMES[field]))


def offline_file_problem(loan: Loan, layout: Layout) -> str | None:
    """Return the problem that keeps a loan out of Alma's file (`item_too_long`, …), or None."""
    limits = {"item": layout.item_width, "patron": layout.patron_width or layout.patron_limit}
    for field, limit in limits.items():
        value = getattr(loan, field)
        if not _encodes(value, layout.encoding):
            return f"{field}_not_{layout.encoding.replace('-', '')}"
        if len(value.encode(layout.encoding)) > limit:
            return f"{field}_too_long"
    return None


def _encodes(text: str, encoding: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


_FAULTS: tuple[tuple[str, Callable[[str], bool], str], ...] = (
    ("missing", lambda text: not text, "The {} is missing: {} it."),
    (
        "unreadable",
        lambda text: not text.isprintable(),
        "The {} contains an invisible character: {} it again.",
    ),
    (
        "absurd",
        lambda text: len(text) > LONGEST_SCAN,
        "The {} is longer than 255 characters: {} it again.",
    ),
)
# The name of each field, and the verb for entering it.
_NAMES: Mapping[str, tuple[str, str]] = {
    "desk": ("circulation desk", "choose"),
    "patron": ("user identifier", "scan"),
    "item": ("item barcode", "scan"),
}


def is_same_patron(recorded: str, given: str) -> bool:
    """Return whether two identifiers are equal, or the recorded identifier has been deleted.

    A workstation may send a loan again long after the recorded identifier was deleted.
    """
    return recorded == given or is_pseudonym(recorded)

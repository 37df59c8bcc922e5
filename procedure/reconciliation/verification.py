"""Verification: comparison of recorded loans with Alma's loans, or with a list of them.

A list is a CSV or XLSX file exported from Alma (Analytics, or any other export) or Koha (a report).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from procedure.circulation.imports.bare_code import bare
from procedure.circulation.imports.column_names import ITEM_NAMES, PATRON_NAMES, columns
from procedure.circulation.imports.file_text import CUT, as_utf8
from procedure.circulation.imports.local_times import parsed
from procedure.circulation.imports.row import UnreadableLine
from procedure.circulation.imports.tables import Numbered, csv_cells, refuse_rounded
from procedure.circulation.imports.xlsx import workbook_sheets
from procedure.circulation.transactions import Loan
from procedure.local_time import instants, local
from procedure.reconciliation.alma_records import LoanFacts, PatronFacts, PatronSeen
from procedure.reconciliation.journal_entries import LoanVerified, Verification
from procedure.reconciliation.loan_history import LENT_SINCE, RETURNED_SINCE
from procedure.reconciliation.reconciled_loan import ReconciledLoan

# The `source` of a verification against a list.
LIST = "list"
# In October's repeated hour, instants with the same local minute are at most this far apart.
_TWIN = timedelta(minutes=61)


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """The result of verifying a row; `reason` is the key of the reason for it, or empty."""

    verification: Verification
    reason: str = ""
    due: datetime | None = None


def verify_loan(
    loan: Loan,
    active: LoanFacts | None,
    user: PatronFacts | None,
    *,
    now: datetime,
    over: Iterable[LoanFacts] = (),
) -> VerificationResult:
    """Compare a recorded loan with the item's active loan in Alma, if any.

    `over` holds the patron's past loans. Times are compared as local times to the minute, as in the
    offline file, which has no offset for October's repeated hour.
    """
    if active is None:
        returned = any(facts.item == loan.item and _same_minute(facts, loan) for facts in over)
        return (
            VerificationResult(Verification.IN_ALMA, RETURNED_SINCE)
            if returned
            else VerificationResult(Verification.MISSING)
        )
    if user is None:
        return VerificationResult(Verification.NOT_CHECKED, "user_not_known")
    if active.user != user.primary_id and not user.known_as(active.user):
        later = (
            active.lent_at is not None
            and active.lent_at > loan.at
            and not _same_minute(active, loan)
        )
        return VerificationResult(
            Verification.OTHER_USER, LENT_SINCE if later else "lent_before", active.due
        )
    reason = "" if active.lent_at is None or _same_minute(active, loan) else "other_loan_date"
    if active.due is not None and active.due <= now:
        return VerificationResult(Verification.DUE_SHIFTED, reason, active.due)
    return VerificationResult(Verification.IN_ALMA, reason, active.due)


def compare_with_list(
    loans: Iterable[Loan],
    listed: Iterable[LoanFacts],
    patrons: Mapping[str, PatronFacts],
    *,
    now: datetime,
) -> list[VerificationResult]:
    """Compare recorded loans with a list of all active loans in Alma.

    `patrons` maps scanned identifiers to the accounts that were looked up. If an account was not
    looked up and the list has a different identifier, the result is *not checked* rather than *lent
    to somebody else*, because both identifiers may be the same user's.
    """
    active_by_item = {facts.item: facts for facts in listed}
    due_later: dict[datetime | None, VerificationResult] = {}
    results: list[VerificationResult] = []
    for loan in loans:
        active = active_by_item.get(loan.item)
        if active is not None and active.user == loan.patron and active.lent_at == loan.at:
            # Nearly all loans match exactly; those with the same due date can share a result.
            result = due_later.get(active.due)
            if result is None:
                result = due_later[active.due] = _listed(loan, active, patrons, now)
        else:
            result = _listed(loan, active, patrons, now)
        results.append(result)
    return results


def verifications_by_list(
    rows: Iterable[ReconciledLoan],
    listed: Iterable[LoanFacts],
    answers: Mapping[str, PatronSeen],
    *,
    now: datetime,
    new_id: Callable[[], UUID],
) -> list[LoanVerified]:
    """Return the entries that verify rows against a list of all active loans; `now` is aware."""
    rows = list(rows)
    patrons = {key: answer.user for key, answer in answers.items() if answer.user is not None}
    results = compare_with_list([row.corrected for row in rows], listed, patrons, now=now)
    return [
        LoanVerified(
            id=new_id(),
            at=now,
            loan=row.loan.id,
            found=result.verification,
            reason=result.reason,
            due=result.due,
            source=LIST,
        )
        for row, result in zip(rows, results, strict=True)
    ]


def _listed(
    loan: Loan, active: LoanFacts | None, patrons: Mapping[str, PatronFacts], now: datetime
) -> VerificationResult:
    user = patrons.get(loan.patron)
    if active is not None and user is None:
        if active.user != loan.patron:
            return VerificationResult(Verification.NOT_CHECKED, "user_not_known", active.due)
        user = PatronFacts(loan.patron)
    return verify_loan(loan, active, user, now=now)


def _same_minute(active: LoanFacts, loan: Loan) -> bool:
    """Return whether both loans were made in the same local minute.

    The two passes of October's repeated hour are not distinguished.
    """
    if active.lent_at is None or abs(active.lent_at - loan.at) > _TWIN:
        return False
    return _wall_minute(active.lent_at) == _wall_minute(loan.at)


def _wall_minute(at: datetime) -> datetime:
    return local(at).replace(second=0, microsecond=0, tzinfo=None, fold=0)


REQUIRED = ("item", "user")
NAMES: Mapping[str, Sequence[str]] = {
    "item": ITEM_NAMES,
    "user": (
        *PATRON_NAMES,
        "primary identifier",
        "primary id",
        "user primary identifier",
        "borrower id",
        "identifiant principal",
        "cardnumber",
    ),
    "lent_at": (
        "loan date",
        "loaned at",
        "lent at",
        "loan date and time",
        "issuedate",
        "date de prêt",
        "ausleihdatum",
        "data prestito",
        "data del prestito",
    ),
    "due": (
        "due date",
        "due",
        "date due",
        "date d échéance",
        "échéance",
        "fälligkeitsdatum",
        "data di scadenza",
        "scadenza",
    ),
}


def read_loan_list(content: bytes) -> tuple[list[LoanFacts], list[UnreadableLine]]:
    """Read a list of loans; a date without a time of day counts as missing.

    A list that is cut off, or has a code rounded by a spreadsheet, yields no loans, because the
    unread loans would count as missing in Alma.
    """
    workbook = content.startswith(b"PK\x03\x04")
    content = as_utf8(content)
    if workbook:
        sheets, bad = workbook_sheets(content)
    else:
        cells, bad = csv_cells(content)
        sheets = {"": cells} if cells else {}
    if not sheets and not bad:
        bad = [UnreadableLine(0, "is empty")]
    loans: list[LoanFacts] = []
    lost = [bad_line for bad_line in bad if bad_line.reason == CUT]
    for name, table in sheets.items():
        _read_table(table, name if len(sheets) > 1 else "", loans, bad, lost)
    return ([], sorted(lost, key=lambda bad_line: bad_line.line)) if lost else (loans, bad)


def _read_table(
    table: Sequence[Numbered],
    sheet: str,
    loans: list[LoanFacts],
    bad: list[UnreadableLine],
    lost: list[UnreadableLine],
) -> None:
    """Append loans to `loans`, bad lines to `bad`, and lines with a rounded code to `lost`."""
    filled = (row for row in table if any(cell.strip() for cell in row[1]))
    number, heading = next(filled, (1, ()))
    places = columns(heading, NAMES)
    missing = [name for name in REQUIRED if name not in places]
    if missing:
        bad.append(UnreadableLine(number, _wrong_heading(missing), sheet))
        return
    for line, cells in filled:
        fields = {name: _cell(cells, place) for name, place in places.items()}
        try:
            refuse_rounded(item=fields["item"], patron=fields["user"])
        except ValueError as fault:
            lost.append(UnreadableLine(line, str(fault), sheet))
            continue
        loan = _loan(fields)
        if loan is None:
            bad.append(UnreadableLine(line, "lacks an item or a user", sheet))
        else:
            loans.append(loan)


def _wrong_heading(missing: Sequence[str]) -> str:
    return (
        f"names no column for {', '.join(missing)}; the first line must name the columns "
        "item and user, and may name loan date and due date"
    )


def _cell(cells: Sequence[str], place: int) -> str:
    return bare(cells[place]) if place < len(cells) else ""


def _loan(fields: Mapping[str, str]) -> LoanFacts | None:
    if not fields["item"] or not fields["user"]:
        return None
    lent_at, due = (_instant(fields.get(name, "")) for name in ("lent_at", "due"))
    return LoanFacts(fields["item"], fields["user"], lent_at, due)


def _instant(text: str) -> datetime | None:
    try:
        time = parsed(text)
    except ValueError:
        return None
    if time.tzinfo is not None:
        return time.astimezone(UTC)
    return next(iter(instants(time)), None)

"""Parses Alma's report on an upload, and matches its messages to the rows of the file.

`MESSAGES` lists the messages. The first four are from the Ex Libris Knowledge Center, "Common
warnings / errors from offline circ". The others, and all translations, are guesses.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from procedure.circulation.transactions import Export, Loan, Return, Transaction
from procedure.errors import TransactionRefused
from procedure.reconciliation.journal_entries import JobReportRecorded

DONE = "done"


# The start of each message in each language; a barcode follows it.
MESSAGES: Mapping[str, tuple[str, ...]] = {
    "item_not_found": (
        "Item not found",
        "Exemplaire introuvable",
        "Exemplaire non trouvé",
        "Exemplar nicht gefunden",
    ),
    "user_not_found": (
        "User not found",
        "Utilisateur introuvable",
        "Utilisateur non trouvé",
        "Lecteur introuvable",
        "Benutzer nicht gefunden",
    ),
    "not_on_loan": (
        "Return item failed, item was not on loan",
        "Échec du retour de l'exemplaire, l'exemplaire n'était pas en prêt",
        "Échec du retour, l'exemplaire n'était pas prêté",
        "Rückgabe fehlgeschlagen, Exemplar war nicht ausgeliehen",
    ),
    "later_action": (
        "A later action on this item happened",
        "Une action ultérieure",
        "Une action plus récente",
        "Eine spätere Aktion",
    ),
    # The following messages are guesses.
    "on_loan": (
        "Item is currently on loan by another patron",
        "Item is on loan by another patron",
        "L'exemplaire est actuellement prêté à un autre",
        "Exemplar ist derzeit an einen anderen Benutzer ausgeliehen",
    ),
    "on_hold_shelf": ("Item is on the hold shelf",),
    "not_loanable": ("Item is not loanable",),
    "wrong_desk": ("Item cannot be loaned from this circulation desk",),
    "blocked": ("Loan failed, patron has blocks",),
}
# The messages that contain a user's barcode; the other messages contain an item's barcode.
_ABOUT_USERS = ("user_not_found",)

_BARCODE = re.compile(r"(?:Barcode|Code[- ]barres?|Strichcode)\s*:\s*(\S+)", re.IGNORECASE)
_COUNTS: Mapping[str, re.Pattern[str]] = {
    "succeeded": re.compile(
        r"^\W*(?:\w+ ){0,3}(?:succeeded|successful\w*|finished|réussi\w*|terminé\w*|erfolgreich\w*)"
        r"[^:\d]*[:\s]\s*(\d+)\s*$",
        re.IGNORECASE,
    ),
    "failed": re.compile(
        r"^\W*(?:\w+ ){0,3}(?:failed|failures|unsuccessful\w*|échou\w*|"
        r"échecs?|en échec|fehlgeschlagen)"
        r"[^:\d]*[:\s]\s*(\d+)\s*$",
        re.IGNORECASE,
    ),
}


@dataclass(frozen=True, slots=True)
class ReportMessage:
    """A message in a report; the barcode is empty if there is none."""

    key: str
    barcode: str = ""


@dataclass(frozen=True, slots=True)
class JobReport:
    """A parsed report; `strange` counts lines with a barcode and an unknown message."""

    complaints: tuple[ReportMessage, ...]
    succeeded: int | None = None
    failed: int | None = None
    strange: int = 0


@dataclass(frozen=True, slots=True)
class MatchedReport:
    """A report compared with its file; `missing` lists discrepancies for staff.

    `refused` holds the refused loans, and `returns` the refused returns (R rows), each with the key
    of its message. `unplaced` counts messages that match no row. `is_of_another` is true if the
    report is evidently about another file: it counts a different number of lines, or none of its
    messages matches a row.
    """

    refused: tuple[tuple[UUID, str], ...]
    unplaced: int
    missing: tuple[str, ...]
    returns: tuple[tuple[UUID, str], ...] = ()
    is_of_another: bool = False


def read_job_report(text: str) -> JobReport:
    """Parse a pasted report in English, French or German.

    Lines that contain no known message, barcode or count are ignored.
    """
    complaints: list[ReportMessage] = []
    counts: dict[str, int] = {}
    strange = 0
    for line in text.replace("’", "'").splitlines():
        message = next((key for key, begins in MESSAGES.items() if _has_any(line, begins)), None)
        barcode = _BARCODE.search(line)
        if message is not None:
            complaints.append(ReportMessage(message, "" if barcode is None else barcode[1]))
        elif barcode is not None:
            strange += 1
        else:
            counts.update(_counted(line))
    return JobReport(tuple(complaints), counts.get("succeeded"), counts.get("failed"), strange)


def _has_any(line: str, begins: Iterable[str]) -> bool:
    lowered = line.lower()
    return any(begin.lower() in lowered for begin in begins)


def _counted(line: str) -> Iterator[tuple[str, int]]:
    for name, pattern in _COUNTS.items():
        match = pattern.search(line)
        if match:
            yield name, int(match[1])


def match_report(report: JobReport, lines: Sequence[Transaction]) -> MatchedReport:
    """Match each message to the row that it is about.

    Messages about an item are assigned to its rows in file order. A message about a user means that
    all of the user's rows were refused.
    """
    loans = [line for line in lines if isinstance(line, Loan)]
    rows = {"item": _lines_by(lines, "item"), "patron": _lines_by(loans, "patron")}
    backs = {line.id for line in lines if isinstance(line, Return)}
    wanted = Counter((complaint.key, complaint.barcode) for complaint in report.complaints)
    refused: dict[UUID, str] = {}
    unplaced = 0
    for (key, barcode), count in wanted.items():
        about = "patron" if key in _ABOUT_USERS else "item"
        matching = [
            row.id
            for row in rows[about].get(barcode, ())
            if row.id not in refused and _may_mean(key, row)
        ]
        taken = matching if about == "patron" else matching[:count]
        refused.update(dict.fromkeys(taken, key))
        unplaced += max(count - len(matching), 0)
    return MatchedReport(
        tuple(pair for pair in refused.items() if pair[0] not in backs),
        unplaced,
        tuple(_missing(report, len(lines), unplaced)),
        tuple(pair for pair in refused.items() if pair[0] in backs),
        _is_of_another(report, len(lines), unplaced),
    )


def names_another(text: str, export: Export, exports: Iterable[Export]) -> bool:
    """Return whether a report names another known file, but not this export's file."""
    return export.name not in text and any(other.name in text for other in exports)


def report_entry(
    text: str,
    report: JobReport,
    matched: MatchedReport,
    export: Export,
    *,
    at: datetime,
    workstation: str = "",
    operator: str | None = None,
) -> JobReportRecorded:
    """Return the entry that records a report; its id depends only on the file and the text.

    Raises:
        TransactionRefused: the report is about another file.
    """
    if matched.is_of_another:
        raise TransactionRefused("other_file", f"This is not the report for {export.name}.")
    return JobReportRecorded(
        id=uuid5(export.id, text),
        at=at,
        export=export.id,
        refused=matched.refused,
        succeeded=report.succeeded,
        failed=report.failed,
        unplaced=matched.unplaced,
        workstation=workstation,
        operator=operator,
        returns=matched.returns,
        strange=report.strange,
    )


def _is_of_another(report: JobReport, rows: int, unplaced: int) -> bool:
    has_counts = report.succeeded is not None and report.failed is not None
    counted = (report.succeeded or 0) + (report.failed or 0)
    return (has_counts and counted != rows) or 0 < unplaced == len(report.complaints)


def _may_mean(key: str, line: Transaction) -> bool:
    """Return whether a message can be about this loan or return."""
    return key in _OF_RETURNS if isinstance(line, Return) else key != "not_on_loan"


_OF_RETURNS = ("item_not_found", "not_on_loan", "later_action")


def _lines_by(lines: Iterable[Transaction], field: str) -> dict[str, list[Transaction]]:
    by_field: dict[str, list[Transaction]] = defaultdict(list)
    for line in lines:
        by_field[getattr(line, field)].append(line)
    return by_field


def _missing(report: JobReport, rows: int, unplaced: int) -> Iterator[str]:
    listed = len(report.complaints) + report.strange
    if report.succeeded is None or report.failed is None:
        yield "The report gives no counts: copy its first lines too."
    elif report.succeeded + report.failed != rows:
        counted = _plural(report.succeeded + report.failed, "row", "rows")
        yield (
            f"The report counts {counted}, but the file has {rows}: "
            "is it the report for another file?"
        )
    if report.failed is not None and report.failed != listed:
        failures = _plural(report.failed, "failure", "failures")
        yield f"The report counts {failures}, but lists {listed}: copy all of them."
    if unplaced:
        match = _plural(unplaced, "message matches", "messages match")
        yield f"{match} no row in the file: is it the report for another file?"
    if report.strange:
        unknown = _plural(report.strange, "message is", "messages are")
        yield f"{unknown} unknown: verify the loans to find the rows concerned."


def _plural(count: int, singular: str, plural: str) -> str:
    return f"{count} {singular if count == 1 else plural}"

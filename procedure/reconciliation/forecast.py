"""The forecast of Alma's report on each row in an upload.

| kind | situation | Alma's message |
|---|---|---|
| `ok` | no obstacle | done |
| `renewal` | the same user already has the item | done |
| `due_at_risk` | a short loan is already due: Alma sets its due date to the time of the upload | done |
| `item_not_found`, `item_elsewhere` | no item has the barcode; an item of another institution has the barcode | item_not_found |
| `user_not_found`, `user_in_network` | the user does not exist; the account is only in the network zone | user_not_found |
| `other_identifier` | the user exists, but the identifier is not one of their barcodes | user_not_found |
| `later_action` | the item was lent or returned later | later_action |
| `on_loan_other` | somebody else has the item | on_loan |
| `on_hold_shelf` | the item is on the hold shelf for somebody else | on_hold_shelf |
| `wrong_desk` | the desk does not lend this library's items | wrong_desk |
| `user_blocked`, `card_expired` | the user is blocked; the card has expired | blocked |
| `unwritable` | the row cannot be written to the file | none |
| `listed_card_blocked`, … | Alma was not asked, but a list had given a warning when the loan was scanned | see `LISTED` |
| `not_checked` | Alma was not asked, and no list gave such a warning | none |

`NOT_CHECKABLE` lists the conditions that cannot be checked through the API.
"""  # noqa: E501 - a table

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from procedure.circulation.list_advice import Reason
from procedure.circulation.offline_files.alma_file import ALMA_FILE
from procedure.circulation.offline_files.offline_format import OfflineFormat
from procedure.circulation.transactions import Loan, Return, Transaction
from procedure.reconciliation.alma_records import ItemFacts, ItemSeen, PatronFacts, PatronSeen
from procedure.reconciliation.job_report import DONE

NOT_CHECKABLE = ("loan_limits", "cash_blocks", "returns_since", "terms_of_use")
NOT_CHECKED = "not_checked"
# The kinds of forecast for rows without obstacles.
UNHINDERED = ("ok", "renewal")
# The message to expect for each list warning, for rows about which Alma was not asked.
LISTED: Mapping[Reason, str] = {
    Reason.CARD_BLOCKED: "blocked",
    Reason.CARD_EXPIRED: "blocked",
    Reason.CARD_UNKNOWN: "user_not_found",
    Reason.ITEM_NOT_FOR_LOAN: "not_loanable",
    Reason.ITEM_REQUESTED: "on_hold_shelf",
    Reason.ITEM_UNKNOWN: "item_not_found",
}
_LISTED_KINDS = {f"listed_{reason}": message for reason, message in LISTED.items()}
# The message for each kind. A kind that is missing from this table has the same key as its message.
MESSAGE_OF: Mapping[str, str] = {
    "ok": DONE,
    "renewal": DONE,
    "due_at_risk": DONE,
    "item_elsewhere": "item_not_found",
    "user_in_network": "user_not_found",
    "other_identifier": "user_not_found",
    "on_loan_other": "on_loan",
    "user_blocked": "blocked",
    "card_expired": "blocked",
    **_LISTED_KINDS,
}


@dataclass(frozen=True, slots=True)
class Forecast:
    """The forecast for a row: its kind, and the key of the message expected in Alma's report.

    `suggested` is another identifier of the user that the file should contain instead, or empty.
    """

    loan: UUID
    kind: str
    message: str
    suggested: str = ""


@dataclass(frozen=True, slots=True)
class AlmaSnapshot:
    """Alma's answers, and the library's configuration.

    - `items`: the items by barcode.
    - `patrons`: the users by identifier.
    - `now`: the expected time of the upload (aware).
    - `libraries`: the libraries whose items each desk lends (empty if unknown).
    - `terms`: the length of short loans, by item policy.
    """

    items: Mapping[str, ItemSeen]
    patrons: Mapping[str, PatronSeen]
    now: datetime
    libraries: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, "tuple[str, ...]"])
    terms: Mapping[str, timedelta] = field(default_factory=dict[str, timedelta])
    file_format: OfflineFormat = ALMA_FILE


@dataclass(slots=True)
class _Case:
    """The input to the rules: a loan, Alma's data, and the effect of earlier rows."""

    loan: Loan
    item: ItemFacts
    user: PatronFacts
    facts: AlmaSnapshot
    holder: str
    last_action: datetime | None


def forecast_upload(lines: Iterable[Transaction], facts: AlmaSnapshot) -> tuple[Forecast, ...]:
    """Forecast the result of uploading each loan; `lines` are in upload order."""
    holders: dict[str, tuple[str, datetime]] = {}
    forecasts: list[Forecast] = []
    for loan in lines:
        if isinstance(loan, Return):
            holders[loan.item] = ("", loan.at)
            continue
        prediction = _forecast(loan, facts, holders)
        forecasts.append(prediction)
        if prediction.message == DONE:
            user = facts.patrons[loan.patron].user
            assert user is not None
            holders[loan.item] = (user.primary_id, loan.at)
    return tuple(forecasts)


def next_change(lines: Iterable[Transaction], facts: AlmaSnapshot) -> datetime | None:
    """Return the next time at which a forecast may change without new data, or None."""
    turns = (at for line in lines if isinstance(line, Loan) for at in _changes(line, facts))
    return min((at for at in turns if at > facts.now), default=None)


def _changes(loan: Loan, facts: AlmaSnapshot) -> Iterator[datetime]:
    item, user = facts.items.get(loan.item), facts.patrons.get(loan.patron)
    if item is not None and item.item is not None and item.item.policy in facts.terms:
        yield loan.at + facts.terms[item.item.policy]
    if user is not None and user.user is not None and user.user.expires is not None:
        yield user.user.expires


def _forecast(
    loan: Loan, facts: AlmaSnapshot, holders: Mapping[str, tuple[str, datetime]]
) -> Forecast:
    if facts.file_format.problem(loan):
        return Forecast(loan.id, "unwritable", "")
    item, user = facts.items.get(loan.item), facts.patrons.get(loan.patron)
    if item is not None and item.item is None:
        return _expect(loan, "item_elsewhere" if item.elsewhere else "item_not_found")
    if user is not None and user.user is None:
        return _expect(loan, "user_in_network" if user.elsewhere else "user_not_found")
    if item is None or item.item is None or user is None or user.user is None:
        return _unasked(loan)
    barcodes = user.user.barcodes()
    if loan.patron not in barcodes:
        return _expect(loan, "other_identifier", barcodes[0])
    case = _case(loan, item.item, user.user, facts, holders)
    return _expect(loan, next((kind for kind, stands in _RULES if stands(case)), "ok"))


def _unasked(loan: Loan) -> Forecast:
    listed = next((advice.reason for advice in loan.told if advice.reason in LISTED), None)
    if listed is None:
        return Forecast(loan.id, NOT_CHECKED, "")
    return _expect(loan, f"listed_{listed}")


def unasked(kinds: Mapping[str, int]) -> int:
    """Return the number of rows about which Alma was not asked."""
    return sum(kinds.get(kind, 0) for kind in (NOT_CHECKED, *_LISTED_KINDS))


def _expect(loan: Loan, kind: str, suggested: str = "") -> Forecast:
    return Forecast(loan.id, kind, MESSAGE_OF.get(kind, kind), suggested)


def _case(
    loan: Loan,
    item: ItemFacts,
    user: PatronFacts,
    facts: AlmaSnapshot,
    holders: Mapping[str, tuple[str, datetime]],
) -> _Case:
    holder, last = ("", None) if item.loan is None else (item.loan.user, item.loan.lent_at)
    before = holders.get(loan.item)
    if before is not None and (last is None or before[1] >= last):
        holder, last = before
    return _Case(loan, item, user, facts, holder, last)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _later_action(case: _Case) -> bool:
    # The file's times have no seconds.
    return case.last_action is not None and _minute(case.last_action) > _minute(case.loan.at)


def _on_hold_shelf(case: _Case) -> bool:
    waits = case.item.waits_for
    return case.item.process == "HOLDSHELF" and case.user.primary_id not in waits


def _wrong_desk(case: _Case) -> bool:
    libraries = case.facts.libraries.get(case.loan.desk, ())
    return bool(libraries) and case.item.library not in libraries


def _card_expired(case: _Case) -> bool:
    return case.user.expires is not None and case.user.expires <= case.facts.now


def _due_at_risk(case: _Case) -> bool:
    term = case.facts.terms.get(case.item.policy)
    return term is not None and case.loan.at + term <= case.facts.now


# The rules, in the order in which Alma is assumed to check them. The first rule that applies
# determines the forecast.
_RULES: tuple[tuple[str, Callable[[_Case], bool]], ...] = (
    ("later_action", _later_action),
    ("on_loan_other", lambda case: case.holder not in ("", case.user.primary_id)),
    ("on_hold_shelf", _on_hold_shelf),
    ("wrong_desk", _wrong_desk),
    ("user_blocked", lambda case: bool(case.user.blocks)),
    ("card_expired", _card_expired),
    ("due_at_risk", _due_at_risk),
    ("renewal", lambda case: case.holder == case.user.primary_id),
)

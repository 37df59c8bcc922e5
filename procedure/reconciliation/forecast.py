"""Forecasts Alma's line for each row of an upload, from Alma's data about items and users.

| kind | Alma has | Alma's line |
|---|---|---|
| `ok` | no obstacle | done |
| `renewal` | the same user already has it | done |
| `due_at_risk` | a short loan, already due: Alma sets the due date to the time of the upload | done |
| `item_not_found`, `item_elsewhere` | no such barcode here; another institution has it | item_not_found |
| `user_not_found`, `user_in_network` | no such user here; the network zone has the account | user_not_found |
| `other_identifier` | the user exists, but this is none of the barcodes | user_not_found |
| `later_action` | lent again since | later_action |
| `on_loan_other` | somebody else has it | on_loan |
| `on_hold_shelf` | it waits for somebody else | on_hold_shelf |
| `wrong_desk` | the desk does not lend this library's items | wrong_desk |
| `user_blocked`, `card_expired` | a block, or a card that has run out | blocked |
| `unwritable` | the file cannot hold it | none |
| `listed_card_blocked`, … | Alma was not asked; the advice of a list at the scan | see `LISTED` |
| `not_checked` | Alma was not asked | none |

`NOT_CHECKABLE` lists what the API cannot tell.
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
# The kinds for rows without an obstacle.
UNHINDERED = ("ok", "renewal")
# The advice that a list gave at the scan, for rows about which Alma was not asked, and the message
# to expect.
LISTED: Mapping[Reason, str] = {
    Reason.CARD_BLOCKED: "blocked",
    Reason.CARD_EXPIRED: "blocked",
    Reason.CARD_UNKNOWN: "user_not_found",
    Reason.ITEM_NOT_FOR_LOAN: "not_loanable",
    Reason.ITEM_REQUESTED: "on_hold_shelf",
    Reason.ITEM_UNKNOWN: "item_not_found",
}
_LISTED_KINDS = {f"listed_{reason}": message for reason, message in LISTED.items()}
# The message of each kind; the message of a kind that is not listed has the same name as the kind.
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
    """The forecast of one row: the kind, and the key of the line in Alma's report.

    `suggested` is another identifier of the same user that the file may use.
    """

    loan: UUID
    kind: str
    message: str
    suggested: str = ""


@dataclass(frozen=True, slots=True)
class AlmaSnapshot:
    """Answers of Alma, by barcode and by identifier, and the library's configuration.

    `libraries` are the libraries whose items a desk lends, empty if unknown. `terms` are the
    lengths of short loans by item policy. `now` is when the upload is expected (aware).
    """

    items: Mapping[str, ItemSeen]
    users: Mapping[str, PatronSeen]
    now: datetime
    libraries: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, "tuple[str, ...]"])
    terms: Mapping[str, timedelta] = field(default_factory=dict[str, timedelta])
    file_format: OfflineFormat = ALMA_FILE


@dataclass(slots=True)
class _Case:
    """The rules' input for one row: the loan, Alma's data, and the effect of earlier rows."""

    loan: Loan
    item: ItemFacts
    user: PatronFacts
    facts: AlmaSnapshot
    holder: str
    last_action: datetime | None


def forecast_upload(lines: Iterable[Transaction], facts: AlmaSnapshot) -> tuple[Forecast, ...]:
    """Forecast the line of each loan; `lines` are in the order of their upload.

    An R row ends the preceding loan, unless there was a later action on the item.
    """
    holders: dict[str, tuple[str, datetime]] = {}
    forecasts: list[Forecast] = []
    for loan in lines:
        if isinstance(loan, Return):
            holders[loan.item] = ("", loan.at)
            continue
        prediction = _forecast(loan, facts, holders)
        forecasts.append(prediction)
        if prediction.message == DONE:
            user = facts.users[loan.patron].user
            assert user is not None
            holders[loan.item] = (user.primary_id, loan.at)
    return tuple(forecasts)


def next_change(lines: Iterable[Transaction], facts: AlmaSnapshot) -> datetime | None:
    """Return the next instant at which time alone changes a forecast, or None."""
    turns = (at for line in lines if isinstance(line, Loan) for at in _changes(line, facts))
    return min((at for at in turns if at > facts.now), default=None)


def _changes(loan: Loan, facts: AlmaSnapshot) -> Iterator[datetime]:
    item, user = facts.items.get(loan.item), facts.users.get(loan.patron)
    if item is not None and item.item is not None and item.item.policy in facts.terms:
        yield loan.at + facts.terms[item.item.policy]
    if user is not None and user.user is not None and user.user.expires is not None:
        yield user.user.expires


def _forecast(
    loan: Loan, facts: AlmaSnapshot, holders: Mapping[str, tuple[str, datetime]]
) -> Forecast:
    if facts.file_format.problem(loan):
        return Forecast(loan.id, "unwritable", "")
    item, user = facts.items.get(loan.item), facts.users.get(loan.patron)
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
    listed = next((said.reason for said in loan.told if said.reason in LISTED), None)
    if listed is None:
        return Forecast(loan.id, NOT_CHECKED, "")
    return _expect(loan, f"listed_{listed}")


def unasked(kinds: Mapping[str, int]) -> int:
    """Return how many rows Alma was not asked about, given the number of rows of each kind."""
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
    """Return the case for a row, with the item's last action in Alma or in earlier rows."""
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


# The rules are in the assumed order of Alma's checks; Alma reports the first that applies.
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

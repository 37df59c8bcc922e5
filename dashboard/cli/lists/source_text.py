"""What `relais lists import` prints about a file that it has read, without any identifier."""

from collections.abc import Iterator, Mapping
from datetime import date

from procedure.circulation.list_advice import Reason
from procedure.io.offline_lists.list_import import ListFile
from procedure.offline_lists.list_layout import NEVER, ListKind, reason_and_number

_STATES: Mapping[Reason, str] = {
    Reason.ITEM_REQUESTED: "requested",
    Reason.ITEM_NOT_FOR_LOAN: "not for loan",
}


def describe_source(source: ListFile) -> Iterator[str]:
    """Yield which columns of a table were read as what, which were not, and the first row."""
    read = [f'"{heading}" as {meaning}' for heading, meaning in source.reader.columns if meaning]
    not_read = [f'"{heading}"' for heading, meaning in source.reader.columns if not meaning]
    if read:
        yield f"{source.name}: read {', '.join(read)}"
    if not_read:
        yield f"{source.name}: not read: {', '.join(not_read)}"
    if source.sample:
        yield f"{source.name}: first row: {_first_row(source)}"


def source_values(source: ListFile) -> dict[str, object]:
    return {
        "file": source.name,
        "read": {heading: meaning for heading, meaning in source.reader.columns if meaning},
        "not_read": [heading for heading, meaning in source.reader.columns if not meaning],
        "first_row": _first_row(source) if source.sample else None,
    }


def _first_row(source: ListFile) -> str:
    """Return the first row as understood, with the last three characters of each identifier."""
    identifiers, entry = source.sample[0]
    shown = ", ".join(f"…{identifier[-3:]}" for identifier in identifiers if identifier)
    reason, number = reason_and_number(entry)
    if source.reader.kind is ListKind.ITEMS:
        days = f"lent for {number} {'day' if number == 1 else 'days'}"
        return f"item {shown}: {_STATES.get(reason, days if number else 'for loan')}"
    expiry = "never expires" if number == NEVER else f"expires {date.fromordinal(number)}"
    blocked = "blocked" if reason is Reason.CARD_BLOCKED else "not blocked"
    return f"account {shown}: {blocked}, {expiry}"

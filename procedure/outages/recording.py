"""Records people's actions in an outage, whether on the dashboard, by command or over HTTP."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from procedure.errors import JournalMoved, OutageRefused
from procedure.journal import Entry, Journal, Recorded
from procedure.outages.outage_acts import Occasion
from procedure.outages.outage_entries import OutageLog


@dataclass(frozen=True, slots=True)
class Recording:
    """The first entry of a request; `repeated` is true if it had already been recorded."""

    entry: Entry
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class RequestKey:
    """The id that makes a caller's request repeatable, and the entries that the request records.

    `entries` returns these entries, given the outages recorded so far and the request's time. The
    first entry is of type `kind`.
    """

    id: UUID
    kind: type[Entry]
    entries: Callable[[OutageLog, datetime], Sequence[Entry]]


def record_act(
    journal: Journal,
    occasion: Occasion,
    act: Callable[[OutageLog], Sequence[Entry]],
    key: RequestKey | None = None,
) -> Recording:
    """Record the entries that `act` makes from the current outages.

    If others record entries at the same time, `act` is called again with the updated outages. If
    `key` is given, the first entry must have the key's id, and is recorded only once, however often
    the request is sent.

    Raises:
        OutageRefused: nothing was recorded, for example because the person's name is missing.
        JournalUnwritable: nothing was recorded.
    """
    _require_name(occasion.operator or "")
    while True:
        position = journal.position()
        recorded = journal.since(kinds=OutageLog.KINDS, until=position)
        kept = next((record for record in recorded if key and record.entry.id == key.id), None)
        if kept is not None and key is not None:
            _require_same(key, kept, recorded)
            return Recording(kept.entry, repeated=True)
        log = OutageLog()
        log.extend(recorded)
        entries = act(log)
        try:
            first, *_ = journal.append(*entries, unless_newer=(OutageLog.KINDS, position))
        except JournalMoved:
            continue
        return Recording(_of_kind(first.entry, key) if key else first.entry)


def _require_name(name: str) -> None:
    if not name.strip() or not name.isprintable():
        raise OutageRefused("name_missing", "Say who is doing this: a name or initials.")


def _require_same(key: RequestKey, kept: Recorded, recorded: Sequence[Recorded]) -> None:
    """Refuse an id that was already used for a request with different content."""
    at = _of_kind(kept.entry, key).at
    log = OutageLog()
    log.extend(record for record in recorded if record.position < kept.position)
    known = {record.entry.id: record.entry for record in recorded}
    if any(known.get(entry.id) != entry for entry in key.entries(log, at)):
        raise _id_used()


def _of_kind(entry: Entry, key: RequestKey) -> Entry:
    """Return the entry if it is of the request's kind; refuse an id used for a different kind."""
    if type(entry) is not key.kind:
        raise _id_used()
    return entry


def _id_used() -> OutageRefused:
    return OutageRefused(
        "id_used", "This id has already been used for something else: generate a new one."
    )

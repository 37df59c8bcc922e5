"""Making lists of files: read as streams, checked against the earlier ones, replaced at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from procedure.circulation.scan_classification import USERS
from procedure.circulation.scan_rules import ScanRules
from procedure.circulation.transaction_checks import trimmed
from procedure.errors import OfflineListError, OfflineListRefused
from procedure.io.offline_lists.list_files import open_list_file, read_listed
from procedure.io.offline_lists.list_store import ListStore
from procedure.local_time import local_day
from procedure.offline_lists.acceptance import check_acceptable, check_shape
from procedure.offline_lists.list_builder import BuiltList
from procedure.offline_lists.list_layout import Header, ListKind
from procedure.offline_lists.listed import ListReader, ReadingContext

SAMPLE = 1000  # accounts whose identifiers are compared with the shapes of cards


@dataclass(frozen=True, slots=True)
class ListImport:
    """How lists are made: `rules` have the shapes of cards, `terms` days of short loans by policy.

    `accept` takes a list that a person has looked at. `as_of` is when the files were exported
    (aware), None for when they were last written.
    """

    rules: ScanRules
    terms: Mapping[str, float] = field(default_factory=dict[str, float])
    accept: bool = False
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class ImportedList:
    """What became of some files: `header` of the list that was kept, or why it was not."""

    files: tuple[Path, ...]
    header: Header | None
    fault: str = ""


def import_files(
    store: ListStore, files: Sequence[Path], now: datetime, plan: ListImport
) -> list[ImportedList]:
    """Make one list of all files of accounts, and one of all files of items.

    A list that is refused, or whose files have a fault, is not kept; the earlier one stays.

    Raises:
        OSError: the folder of the lists cannot be written; the earlier lists stay.
    """
    return list(_imported(store, files, now, plan))


def _imported(
    store: ListStore, files: Sequence[Path], now: datetime, plan: ListImport
) -> Iterator[ImportedList]:
    context = ReadingContext(local_day(now), plan.terms)
    readers: dict[ListKind, list[tuple[Path, ListReader]]] = {}
    with ExitStack() as opened:
        for file in files:
            try:
                for reader in open_list_file(file, context, opened):
                    readers.setdefault(reader.kind, []).append((file, reader))
            except OfflineListError as fault:
                yield ImportedList((file,), None, f"{file.name}: {fault}")
        for kind, chosen in readers.items():
            read = tuple(dict.fromkeys(file for file, _ in chosen))
            as_of = min(now, plan.as_of or _last_written(read))
            try:
                yield ImportedList(read, _keep(store, kind, chosen, as_of, plan))
            except OfflineListRefused as refusal:
                names = ", ".join(file.name for file in read)
                yield ImportedList(read, None, f"{names}: {refusal}. {_ACCEPT}")
            except OfflineListError as fault:
                yield ImportedList(read, None, str(fault))


def _keep(
    store: ListStore,
    kind: ListKind,
    readers: Sequence[tuple[Path, ListReader]],
    as_of: datetime,
    plan: ListImport,
) -> Header:
    """Replace the list of a kind; return its header."""
    builder, browser_key = store.builder(kind)
    sample: list[Sequence[str]] = []
    for file, reader in readers:
        try:
            for identifiers, entry in read_listed(reader):
                builder.add(identifiers, entry)
                if len(sample) < SAMPLE:
                    sample.append(identifiers)
        except OfflineListError as fault:
            raise OfflineListError(f"{file.name}: {fault}") from None
    built = builder.build()
    if not len(built.entries):
        raise OfflineListError(f"{readers[0][0].name}: lists nothing")
    is_complete = any(reader.is_complete for _, reader in readers)
    header = Header(kind, as_of, len(built.entries), is_complete)
    if not plan.accept:
        _check(store, built, header, _share_of_cards(sample, plan.rules))
    store.keep(built, header, browser_key)
    return header


def _check(store: ListStore, built: BuiltList, header: Header, of_shape: float) -> None:
    earlier = store.current().of(header.kind)
    if earlier is not None:
        check_acceptable(header, earlier.header, earlier.share_in(built.fingerprints.data))
    elif header.kind is ListKind.ACCOUNTS:
        check_shape(of_shape)


def _share_of_cards(accounts: Sequence[Sequence[str]], rules: ScanRules) -> float:
    """Return how many of the accounts have an identifier of the shape of a card or its number.

    All of them, where the handbook describes no card.
    """
    if not rules.describes_cards:
        return 1
    forms = [form for form in rules.forms if form.kind in USERS]
    fitting = sum(
        any(form.fits(trimmed(code)) for code in identifiers for form in forms)
        for identifiers in accounts
    )
    return fitting / len(accounts)


def _last_written(files: Sequence[Path]) -> datetime:
    """Return when the oldest of the files was last written (UTC)."""
    return datetime.fromtimestamp(min(file.stat().st_mtime for file in files), UTC)


_ACCEPT = "Look at it; `relais lists import --accept` takes it all the same"

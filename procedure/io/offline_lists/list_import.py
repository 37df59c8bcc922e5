"""Builds new lists from files, and replaces the current lists with those that pass the checks."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from procedure.circulation.scan_classification import PATRONS, classify_scan
from procedure.circulation.scan_rules import ScanKind, ScanRules
from procedure.circulation.transaction_checks import trimmed
from procedure.errors import OfflineListError, OfflineListRefused
from procedure.io.offline_lists.list_files import open_list_file
from procedure.io.offline_lists.list_store import ListStore
from procedure.local_time import local_day
from procedure.offline_lists.acceptance import (
    check_acceptable,
    check_accounts,
    check_items,
    check_shape,
)
from procedure.offline_lists.list_builder import BuiltList, share_barred
from procedure.offline_lists.list_layout import Header, ListKind
from procedure.offline_lists.listed import Listed, ListReader, ReadingContext

SAMPLE = 1000  # how many accounts or items are compared with the formats of cards


@dataclass(frozen=True, slots=True)
class ListImport:
    """The settings for an import.

    - `rules`: the scan rules, including the formats of cards.
    - `terms`: loan periods by item policy.
    - `accept`: whether to accept lists that the checks would refuse, because staff have approved
      them.
    - `as_of`: when the files were exported (aware), or None to use their modification times.
    """

    rules: ScanRules
    terms: Mapping[str, timedelta] = field(default_factory=dict[str, timedelta])
    accept: bool = False
    as_of: datetime | None = None


@dataclass(slots=True)
class ListFile:
    """An open file or zip member: the file's name, when it was exported (aware), and the rows.

    `sample` has the first accounts or items, once they have been read.
    """

    name: str
    as_of: datetime
    reader: ListReader
    sample: list[Listed] = field(default_factory=list[Listed])


@dataclass(frozen=True, slots=True)
class ImportedList:
    """The result of importing the named files: the new list's header, or why it was refused."""

    names: tuple[str, ...]
    header: Header | None
    fault: str = ""
    sources: Sequence[ListFile] = ()


def import_files(
    store: ListStore, files: Iterable[Path], now: datetime, plan: ListImport
) -> list[ImportedList]:
    """Build one list from all account files, and one from all item files.

    If a file cannot be opened, all earlier lists are kept: a list without that file might say that
    blocked patrons may borrow. If a list is refused, or a fault is found while its files are being
    read, the earlier list is kept.

    Raises:
        OSError: a file cannot be read, or a list cannot be written; lists that have not been
            replaced yet are kept.
    """
    context = ReadingContext(local_day(now), plan.terms)
    sources: list[ListFile] = []
    outcomes: list[ImportedList] = []
    with ExitStack() as opened:
        for file in files:
            try:
                as_of = plan.as_of or datetime.fromtimestamp(file.stat().st_mtime, UTC)
                readers = open_list_file(file, context, opened)
            except OfflineListError as fault:
                outcomes.append(ImportedList((file.name,), None, f"{file.name}: {fault}"))
            else:
                sources += [ListFile(file.name, as_of, reader) for reader in readers]
        if outcomes:
            return outcomes + _left_out(sources)
        chosen = {
            kind: [source for source in sources if source.reader.kind is kind] for kind in ListKind
        }
        return [_imported(store, few, now, plan) for few in chosen.values() if few]


def _left_out(sources: Sequence[ListFile]) -> list[ImportedList]:
    """Return a result that refuses the good files, if any, because another file is faulty."""
    names = tuple(dict.fromkeys(source.name for source in sources))
    return [ImportedList(names, None, f"{', '.join(names)}: {_NOT_ALONE}")] if names else []


def _imported(
    store: ListStore, sources: Sequence[ListFile], now: datetime, plan: ListImport
) -> ImportedList:
    names = tuple(dict.fromkeys(source.name for source in sources))
    try:
        return ImportedList(names, _kept(store, sources, now, plan), sources=sources)
    except OfflineListRefused as refusal:
        return ImportedList(names, None, f"{', '.join(names)}: {refusal}. {_ACCEPT}", sources)
    except OfflineListError as fault:
        return ImportedList(names, None, str(fault), sources)


def _kept(store: ListStore, sources: Sequence[ListFile], now: datetime, plan: ListImport) -> Header:
    """Build a list from the rows of all sources, store it, and return its header."""
    kind = sources[0].reader.kind
    builder, browser_key = store.builder(kind)
    for source in sources:
        try:
            for identifiers, entry in source.reader:
                builder.add(identifiers, entry)
                if len(source.sample) < SAMPLE:
                    source.sample.append((identifiers, entry))
        except OfflineListError as fault:
            raise OfflineListError(f"{source.name}: {fault}") from None
    built = builder.build()
    if not len(built.entries):
        raise OfflineListError(f"{sources[0].name}: contains no accounts or items")
    as_of = min(now, *(source.as_of for source in sources))
    is_complete = any(source.reader.is_complete for source in sources)
    header = Header(kind, as_of, len(built.entries), is_complete)
    if not plan.accept:
        if kind is ListKind.ITEMS:
            check_items(max(_share_of_cards_as_items(each.sample, plan.rules) for each in sources))
        sample = [row for source in sources for row in source.sample]
        _check(store, built, header, _share_of_cards(sample, plan.rules), local_day(now))
    store.keep(built, header, browser_key)
    return header


def _check(
    store: ListStore, built: BuiltList, header: Header, of_shape: float, today: date
) -> None:
    earlier, fingerprints = store.current().of(header.kind), built.fingerprints.data
    if earlier is not None:
        check_acceptable(header, earlier.header, earlier.share_in(fingerprints))
        if header.kind is ListKind.ACCOUNTS and earlier.header.is_complete:
            barred = share_barred(built.entries, today)
            check_accounts(earlier.share_of(fingerprints), barred, earlier.share_barred(today))
    elif header.kind is ListKind.ACCOUNTS:
        check_shape(of_shape)


def _share_of_cards(accounts: Sequence[Listed], rules: ScanRules) -> float:
    """Return the share of accounts with an identifier in the format of a card or card number.

    The share is 1 if the handbook does not describe any card.
    """
    if not rules.describes_cards:
        return 1
    forms = [form for form in rules.forms if form.kind in PATRONS]
    fitting = sum(
        any(form.fits(trimmed(code)) for code in identifiers for form in forms)
        for identifiers, _ in accounts
    )
    return fitting / len(accounts)


def _share_of_cards_as_items(items: Sequence[Listed], rules: ScanRules) -> float:
    """Return the share of barcodes in the format of a card, but not in that of an item."""
    barcodes = [barcode for barcodes, _ in items for barcode in barcodes if barcode]
    cards = sum(classify_scan(barcode, "item", rules).kind is ScanKind.CARD for barcode in barcodes)
    return cards / max(1, len(barcodes))


_NOT_ALONE = "not imported, because another file is faulty: correct that file, or leave it out"
_ACCEPT = "Check it; `relais lists import --accept` accepts it anyway"

"""Importing list files: a truncated, outdated or wrong file leaves the earlier list in place."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from openpyxl import Workbook

from procedure.circulation.list_advice import Reason
from procedure.circulation.scan_rules import ScanKind, ScanRules, ScanShape
from procedure.io.offline_lists import list_files
from procedure.io.offline_lists.list_import import ImportedList, ListImport, import_files
from procedure.io.offline_lists.list_store import ListStore
from procedure.offline_lists import list_builder
from tests.procedure.io.offline_lists.files import koha_file, users_xml, zipped

NOW = datetime(2026, 11, 29, 3, tzinfo=UTC)
CARDS = ScanRules((ScanShape("card", ScanKind.CARD, "20[0-9]{8}"),))
PLAN = ListImport(CARDS, {"1DAY": timedelta(days=1)})
MANY = [f"20{number:08}" for number in range(200)]


@pytest.fixture
def store(tmp_path: Path) -> ListStore:
    return ListStore(tmp_path / "lists")


def written(path: Path, text: str, *, at: datetime = NOW - timedelta(hours=1)) -> Path:
    path.write_text(text, "utf-8")
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def take(store: ListStore, *files: Path, plan: ListImport = PLAN) -> list[ImportedList]:
    return import_files(store, files, NOW, plan)


def reason(store: ListStore, card: str) -> Reason | None:
    advice = store.current().patron(card, NOW)
    return advice and advice.reason


def test_patrons_blocks_and_items_of_one_night_are_imported(
    store: ListStore, tmp_path: Path
) -> None:
    users = zipped(tmp_path / "users.zip", a=users_xml(MANY[:50]), b=users_xml(MANY[50:]))
    blocks = written(
        tmp_path / "blocks.xml",
        f"<l><u><userId>{MANY[3]}@eduid.ch</userId><block>Fine</block></u></l>",
    )
    items = written(tmp_path / "items.csv", "barcode,policy\nB1,1DAY\nB2,\n")
    outcomes = take(store, users, blocks, items)
    assert [(outcome.fault, outcome.header and outcome.header.count) for outcome in outcomes] == [
        ("", 400),
        ("", 2),
    ]
    assert reason(store, MANY[3]) is Reason.CARD_BLOCKED
    assert reason(store, MANY[60]) is Reason.KNOWN
    assert reason(store, "2099999999") is Reason.CARD_UNKNOWN
    item = store.current().item("b1", NOW)
    assert item is not None
    assert (item.reason, item.days) == (Reason.ITEM_SHORT_LOAN, 1)
    assert item.as_of == NOW - timedelta(hours=1)


def test_lists_are_kept_if_one_of_the_files_cannot_be_opened(
    store: ListStore, tmp_path: Path
) -> None:
    """Without the file of blocks, a blocked patron would be treated as allowed to borrow."""
    take(store, written(tmp_path / "users.xml", users_xml(MANY, MANY[:1])))
    users = written(tmp_path / "newer.xml", users_xml(MANY))
    login = written(tmp_path / "blocks.xml", "<!DOCTYPE html><html></html>")
    assert [(imported.names, imported.header) for imported in take(store, users, login)] == [
        (("blocks.xml",), None),
        (("newer.xml",), None),
    ]
    assert reason(store, MANY[0]) is Reason.CARD_BLOCKED


def test_blocks_only_do_not_make_others_unknown(store: ListStore, tmp_path: Path) -> None:
    blocks = "<l>" + f"<u><userId>{MANY[0]}</userId><block>Fine</block></u>" + "</l>"
    take(store, written(tmp_path / "blocks.xml", blocks))
    assert reason(store, MANY[0]) is Reason.CARD_BLOCKED
    assert reason(store, MANY[1]) is None


def test_database_of_koha_accounts_is_imported(store: ListStore, tmp_path: Path) -> None:
    file = koha_file(tmp_path / "b", [("2000000001", "2020-01-01", None, 0, 0)])
    assert [imported.fault for imported in take(store, file)] == [""]
    assert reason(store, "2000000001") is Reason.CARD_EXPIRED


OTHERS = [f"20{number:08}" for number in range(1000, 1200)]
REFUSED = {
    "shrunk": (users_xml(MANY[:159]), NOW, "more than a fifth"),
    "older": (users_xml(MANY), NOW - timedelta(days=2), "older than the current list"),
    "another library's": (users_xml(OTHERS), NOW, "fewer than half"),
    "blocks alone": (
        "<l>" + "".join(f"<u><userId>{card}</userId></u>" for card in MANY * 2) + "</l>",
        NOW,
        "contains only blocked accounts",
    ),
}


@pytest.mark.parametrize(("text", "at", "words"), REFUSED.values(), ids=REFUSED)
def test_doubtful_list_needs_a_persons_approval(
    store: ListStore, tmp_path: Path, text: str, at: datetime, words: str
) -> None:
    take(store, written(tmp_path / "first.xml", users_xml(MANY, MANY[:1])))
    doubtful = written(tmp_path / "second.xml", text, at=at)
    (refused,) = take(store, doubtful)
    assert refused.header is None
    assert words in refused.fault
    assert "--accept" in refused.fault
    assert not any(card in refused.fault for card in MANY)
    assert reason(store, MANY[0]) is Reason.CARD_BLOCKED
    (accepted,) = take(store, doubtful, plan=ListImport(CARDS, accept=True))
    assert accepted.header is not None
    assert reason(store, MANY[0]) is not Reason.CARD_BLOCKED


def test_first_list_without_cards_of_the_handbooks_shape_is_refused(
    store: ListStore, tmp_path: Path
) -> None:
    cards = [f"X{number}" for number in range(50)]
    file = written(tmp_path / "users.xml", users_xml(cards))
    assert "shape of a card" in take(store, file)[0].fault
    assert store.status() == []
    anything = ListImport(ScanRules())
    assert take(store, file, plan=anything)[0].header is not None


WHOLE = users_xml(MANY)


@given(st.data())
@settings(max_examples=60)
def test_cut_off_or_damaged_file_leaves_the_earlier_list(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("lists")
    store = ListStore(folder / "lists")
    take(store, written(folder / "first.xml", users_xml(MANY, MANY[:1])))
    content = zipped(folder / "users.zip", a=WHOLE).read_bytes()
    kind = data.draw(st.sampled_from(["cut xml", "cut zip", "damaged zip", "other"]))
    at = data.draw(st.integers(1, min(len(content), len(WHOLE)) - 30))
    damaged = {
        "cut xml": WHOLE[:at].encode(),
        "cut zip": content[:at],
        "damaged zip": content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :],
        "other": data.draw(st.binary(max_size=200)),
    }[kind]
    (folder / "users.zip").write_bytes(damaged)
    (outcome,) = take(store, folder / "users.zip")
    if outcome.header is None:
        assert outcome.fault.startswith("users.zip: ")
        assert reason(store, MANY[0]) is Reason.CARD_BLOCKED
    else:  # the damage is in a byte that is not read
        assert kind == "damaged zip"
        assert outcome.header.count == 2 * len(MANY)


def test_too_large_files_are_refused(
    store: ListStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_files, "LARGEST", 1000)
    packed = zipped(tmp_path / "users.zip", a=WHOLE)
    plain = written(tmp_path / "items.csv", "barcode\n" + "1\n" * 1000)
    assert [imported.fault.partition(": ")[2][:10] for imported in take(store, packed, plain)] == [
        "holds more",
        "holds more",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\x7fELF\0\0", "neither XML nor CSV"),
        (b"<!DOCTYPE html><html></html>", "a web page"),
        (b"PK\x05\x06" + bytes(18), "a zip file containing 0 files"),
        (b"barcode\n", "contains no accounts or items"),
    ],
)
def test_file_that_is_not_a_list_is_reported(
    store: ListStore, tmp_path: Path, content: bytes, words: str
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    (outcome,) = take(store, file)
    assert outcome.fault.startswith("file: ")
    assert words in outcome.fault


def test_workbook_is_refused_as_a_workbook(store: ListStore, tmp_path: Path) -> None:
    book = Workbook()
    book.create_sheet("Users").append(["barcode", "blocked"])
    book.save(tmp_path / "users.xlsx")
    (outcome,) = take(store, tmp_path / "users.xlsx")
    assert outcome.fault == (
        "users.xlsx: is an Excel workbook: save the sheet as CSV, and import the CSV file"
    )


def test_table_of_cards_does_not_become_a_list_of_items(store: ListStore, tmp_path: Path) -> None:
    items = written(tmp_path / "items.csv", "Barcode,Item Policy\n" + "B1,1DAY\n" * 2000)
    rows = "".join(f"{card},\n" for card in MANY)
    cards = written(tmp_path / "cards.csv", f"Barcode,Item Policy\n{rows}")
    for files in ((cards,), (items, cards)):
        (outcome,) = take(store, *files)
        assert "shape of a card" in outcome.fault
        assert "--accept" in outcome.fault
    assert store.status() == []
    assert take(store, cards, plan=replace(PLAN, accept=True))[0].header is not None
    assert take(store, cards, plan=ListImport(ScanRules()))[0].header is not None


LIMITS = {
    "an attribute without end": (f"<users><user a='{'x' * 2_000_000}'/></users>", "a tag of more"),
    "a name without end": (f"<users><{'u' * 9000}/></users>", "a tag with a name"),
}


@pytest.mark.parametrize("name", LIMITS)
def test_file_beyond_a_limit_is_refused(store: ListStore, tmp_path: Path, name: str) -> None:
    text, fault = LIMITS[name]
    (outcome,) = take(store, written(tmp_path / "users.xml", text))
    assert outcome.header is None
    assert fault in outcome.fault


def test_list_of_too_many_identifiers_is_refused(
    store: ListStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_builder, "MOST_IDENTIFIERS", 1000)
    (outcome,) = take(store, zipped(tmp_path / "items.zip", a="barcode\n" + "B1\n" * 2000))
    assert outcome.fault == "items.zip: has more than 1,000 identifiers"


def test_file_that_takes_more_than_an_hour_is_refused(
    store: ListStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_files, "LONGEST_TIME", -1)
    (outcome,) = take(store, written(tmp_path / "items.csv", "barcode\n" + "\n" * 2_000_000))
    assert outcome.fault == "items.csv: takes more than an hour to read: no library's list does"


def test_pipe_is_not_read_as_a_file(store: ListStore, tmp_path: Path) -> None:
    pipe = tmp_path / "users.xml"
    os.mkfifo(pipe)
    (outcome,) = take(store, pipe)
    assert outcome.fault == "users.xml: is not a regular file: save the export to a file first"


NEWCOMERS = [f"20{number:08}" for number in range(5000, 5450)]


@pytest.mark.parametrize(
    ("cards", "blocked", "fault"),
    [
        (MANY, MANY[:20], ""),
        (
            MANY,
            MANY[:21],
            "has 10% blocked or expired accounts, compared with 0% on the current list",
        ),
        (MANY[:190] + NEWCOMERS[:190], [], ""),
        (MANY + NEWCOMERS, [], "mostly of identifiers that are not on the current list"),
    ],
)
def test_list_that_would_stop_many_patrons_needs_a_persons_approval(
    store: ListStore, tmp_path: Path, cards: list[str], blocked: list[str], fault: str
) -> None:
    take(store, written(tmp_path / "before.xml", users_xml(MANY)))
    file = written(tmp_path / "users.xml", users_xml(cards, blocked))
    (outcome,) = take(store, file)
    assert (outcome.header is None) is bool(fault)
    assert fault in outcome.fault
    (accepted,) = take(store, file, plan=replace(PLAN, accept=True))
    assert accepted.header is not None

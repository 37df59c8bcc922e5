"""Reading tables of accounts and items, whatever their columns, encoding and separator."""

import csv
from datetime import date, timedelta
from io import BytesIO, StringIO

import pytest
from hypothesis import given, strategies as st

from procedure.circulation.list_advice import Reason
from procedure.errors import OfflineListError
from procedure.offline_lists.list_layout import ListKind, account_entry, entry
from procedure.offline_lists.list_table import CsvList
from procedure.offline_lists.listed import Listed, ReadingContext

CONTEXT = ReadingContext(
    date(2026, 11, 29), {"1DAY": timedelta(days=1), "HALF": timedelta(hours=12)}
)
NOT_FOR_LOAN, REQUESTED = entry(Reason.ITEM_NOT_FOR_LOAN), entry(Reason.ITEM_REQUESTED)


FREE, BLOCKED = account_entry(None), account_entry(None, is_blocked=True)


def table(text: str, encoding: str = "utf-8") -> CsvList:
    content = text.encode(encoding)
    return CsvList(BytesIO(content), content, CONTEXT)


def listed(text: str, encoding: str = "utf-8") -> tuple[ListKind, list[Listed]]:
    reader = table(text, encoding)
    return reader.kind, [(list(codes), packed) for codes, packed in reader]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_items_have_their_reasons_in_columns(encoding: str, separator: str) -> None:
    rows = [
        "Titre,Barcode,Item Policy,Not for loan,Requested,Days",
        "é,B1,,,,",
        "é,B2,1DAY,No,0,",
        "é,B3,HALF,no,,",
        "é,B4,1DAY,,,3",
        "é,B5,1DAY,Y,Y,",
        "é,B6,1DAY,,1,",
    ]
    kind, items = listed("\r\n".join(rows).replace(",", separator), encoding)
    assert kind is ListKind.ITEMS
    short = [entry(Reason.ITEM_SHORT_LOAN, days) for days in (1, 3)]
    assert items == [
        (["B1"], 0),
        (["B2"], short[0]),
        (["B3"], short[0]),
        (["B4"], short[1]),
        (["B5"], NOT_FOR_LOAN),
        (["B6"], REQUESTED),
    ]


def test_accounts_have_their_identifiers_in_several_columns() -> None:
    kind, accounts = listed(
        "Primary Identifier;Barcode;Expiry Date;Blocked;Status\n"
        "1@eduid.ch;2070000001;2027-12-31;;Active\n"
        "2@eduid.ch;;31.12.2027;no;\n"
        "\n"
        "3@eduid.ch;;;Overdue;\n"
        "4@eduid.ch;;0000-00-00;;Inactive\n"
    )
    until, never = account_entry(date(2027, 12, 31)), account_entry(None)
    blocked = account_entry(None, is_blocked=True)
    assert kind is ListKind.ACCOUNTS
    assert accounts == [
        (["1@eduid.ch", "2070000001"], until),
        (["2@eduid.ch", ""], until),
        (["3@eduid.ch", ""], blocked),
        (["4@eduid.ch", ""], blocked),
    ]
    assert never != blocked


@pytest.mark.parametrize(
    "status", ["Inaktiv", "Inactif", "INACTIVE", "Deleted", "Suspended", "gelöscht", "?"]
)
def test_account_with_any_status_but_active_is_blocked(status: str) -> None:
    _, accounts = listed(f"user,status\n1,{status}\n2,Actif\n3,AKTIV\n4,active\n5,\n")
    assert [packed for _, packed in accounts] == [BLOCKED, *4 * [FREE]]


@pytest.mark.parametrize(
    ("heading", "blocked", "free"),
    [
        ("Block Description", ["Overdue"], ["", "-"]),
        ("Block Status", ["Active", "Aktiv", "pending"], ["Inactive", "Inaktiv", ""]),
        ("User Blocks", ["1", "Fine"], ["0", "no"]),
        ("Sperrgrund", ["Mahnung"], [""]),
    ],
)
def test_blocks_are_read_under_any_heading(
    heading: str, blocked: list[str], free: list[str]
) -> None:
    rows = "".join(f"1,{cell}\n" for cell in (*blocked, *free))
    kind, accounts = listed(f"Barcode,{heading}\n{rows}")
    assert kind is ListKind.ACCOUNTS
    assert [packed for _, packed in accounts] == [
        *len(blocked) * [BLOCKED],
        *len(free) * [FREE],
    ]


def test_block_whose_status_is_inactive_does_not_count() -> None:
    _, accounts = listed(
        "User ID,Blocks,Block Description,Block Status\n"
        "1,,Overdue,Active\n2,,Overdue,Inactive\n3,Overdue,,Inactive\n4,,Overdue,\n"
    )
    assert [packed for _, packed in accounts] == [BLOCKED, FREE, BLOCKED, BLOCKED]


def test_every_column_is_named_with_its_meaning() -> None:
    reader = table("Primary Identifier,Barcode,Date d’expiration,Name,Blocked on,Block_Status\n")
    assert reader.columns == [
        ("Primary Identifier", "identifier"),
        ("Barcode", "barcode"),
        ("Date d’expiration", "expires"),
        ("Name", ""),
        ("Blocked on", ""),
        ("Block_Status", "block status"),
    ]


@pytest.mark.parametrize("heading", ["Date d’expiration", "Date d'expiration", "dateexpiry"])
@pytest.mark.parametrize("text", ["31.12.27", "31.12.2027", "2027-12-31", '"=""2027-12-31"""'])
def test_expiry_dates_are_in_this_century(heading: str, text: str) -> None:
    assert listed(f"lecteur,{heading}\n1,{text}\n") == (
        ListKind.ACCOUNTS,
        [(["1"], account_entry(date(2027, 12, 31)))],
    )


@pytest.mark.parametrize("heading", ["barcode,requested", "user,blocked"])
@pytest.mark.parametrize("code", ["'106001", '="106001"', '"=""106001"""', "\u200b106001 "])
def test_code_is_read_without_what_a_spreadsheet_adds(heading: str, code: str) -> None:
    _, rows = listed(f"{heading}\n{code},\n")
    assert [codes for codes, _ in rows] == [["106001"]]


def test_table_of_only_barcodes_lists_items() -> None:
    assert listed("barcode\n1\n2\n") == (ListKind.ITEMS, [(["1"], 0), (["2"], 0)])


CODES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8)


@given(st.lists(st.tuples(CODES, st.booleans(), st.booleans()), min_size=1))
def test_written_items_are_read_back(rows: list[tuple[str, bool, bool]]) -> None:
    text = StringIO()
    written = csv.writer(text)
    written.writerow(["barcode", "requested", "not for loan"])
    written.writerows((code, int(requested), int(barred)) for code, requested, barred in rows)
    _, items = listed(text.getvalue())
    assert items == [
        ([code], NOT_FOR_LOAN if barred else REQUESTED if requested else 0)
        for code, requested, barred in rows
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title,author\na,b\n", "no column for identifiers"),
        ("", "no column for identifiers"),
        ("barcode,days\nB1,1\nB2", "line 3: has 1 of 2 columns"),
        ('barcode,days\nB1,1\n"B2,', "line 3"),
        ("barcode,days\nB1,week\n", "line 2: has days"),
        ("barcode,days\n3.1E+13,1\n", "line 2: has an item barcode that a spreadsheet"),
        ("user,expires\n12,12/31/2027\n", "write it as 2027-12-31"),
        ("user,expires\n12,31.12.1999\n", "line 2: has a date before 2000: write the date as"),
        ("user,expires\n12,0027-12-31\n", "line 2: has a date before 2000"),
        ("user,expires\n1.1E+9,\n", "line 2: has a user identifier"),
        ("barcode,days\n" + "1" * 70_000, "a line of more than"),
        ("barcode,days\n" + "1" * 60_000 + '\n"' + "2\n" * 90_000, "line"),
    ],
)
def test_unreadable_table_is_refused(text: str, words: str) -> None:
    with pytest.raises(OfflineListError, match=words) as refused:
        listed(text)
    assert "31" not in str(refused.value).replace("2027-12-31", "")

"""Transaction files in every format: their rows, and the messages about refused lines."""

import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, strategies as st
from openpyxl import Workbook

from procedure.circulation.imports.file import read_file
from procedure.circulation.imports.row import ImportRow, ImportSheet, UnreadableLine, fingerprint
from procedure.circulation.offline_files.alma_file import render
from procedure.circulation.offline_files.alma_layout import Layout
from procedure.circulation.offline_files.offline_rows import LONGEST_LINE
from tests.support import make

NINE = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
STAMP = "202611240912"
LOAN = UUID("11111111-1111-4111-8111-111111111111")
ROW = ImportRow(2, "loan", NINE, STAMP, "0312", "2071234567")
HEADING = (
    "names no column for {}; the first line must name the columns at, item, patron, and may name "
    "desk, kind, id, workstation, sequence, loan, reason"
)


def line(kind: str, item: str, patron: str, *, width: int = 80, end: str = "\r\n") -> str:
    return f"{STAMP}{kind}{item:<{width}}{patron}{end}"


@pytest.mark.parametrize(
    "content",
    [
        (line("L", "0312", "2071234567") + line("R", "0312", "")).encode(),
        (line("L", "0312", "2071234567", end="\n") + f"{STAMP}R0312\n").encode(),
        (line("L", "0312", "2071234567") + f"{STAMP}R0312").encode() + b"\r\n\x1a",
        b"\xef\xbb\xbf" + (line("L", "0312", "2071234567", width=84) + f"{STAMP}R0312").encode(),
    ],
)
def test_read_file_recognises_an_offline_file_by_its_first_line(content: bytes) -> None:
    rows = (
        ImportRow(1, "loan", NINE, STAMP, "0312", "2071234567"),
        ImportRow(2, "return", NINE, STAMP, "0312"),
    )
    assert read_file(content, "a.txt") == ImportSheet(rows, ())


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_read_file_decodes_a_windows_offline_file(encoding: str) -> None:
    content = line("L", "Zürich-1", "Lefèvre").encode(encoding)
    assert [(row.item, row.patron) for row in read_file(content).rows] == [("Zürich-1", "Lefèvre")]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("name", ["OffCirc.dat", ""])
def test_read_file_decodes_an_offline_file_in_utf_16(encoding: str, mark: str, name: str) -> None:
    text = mark + line("L", "Zürich-1", "Lefèvre") + line("R", "0312", "")
    rows = (
        ImportRow(1, "loan", NINE, STAMP, "Zürich-1", "Lefèvre"),
        ImportRow(2, "return", NINE, STAMP, "0312"),
    )
    assert read_file(text.encode(encoding), name) == ImportSheet(rows, ())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_read_file_decodes_json_lines_and_tables_in_utf_16_without_a_bom(encoding: str) -> None:
    saved = '{"at": "2026-11-24T08:12:00Z", "item": "0312", "patron": "2071234567"}\n'
    table = "at;item;patron\n2026-11-24 09:12;0312;2071234567\n"
    assert read_file(saved.encode(encoding)) == ImportSheet((replace(ROW, line=1),), ())
    assert read_file(table.encode(encoding)) == ImportSheet((ROW,), ())


@pytest.mark.parametrize("end", [b"\x1a", b"\x1a\x1a\x1a", b"\r\n\x1a", b"\x1a\r\n"])
def test_read_file_ignores_the_dos_end_of_file_mark(end: bytes) -> None:
    offline = line("L", "0312", "2071234567", end="").encode()
    saved = b'{"at": "2026-11-24T08:12:00Z", "item": "0312", "patron": "2071234567"}'
    table = b"at;item;patron\n2026-11-24 09:12;0312;2071234567"
    assert read_file(offline + end, "x.dat") == ImportSheet((replace(ROW, line=1),), ())
    assert read_file(saved + end) == ImportSheet((replace(ROW, line=1),), ())
    assert read_file(table + end) == ImportSheet((ROW,), ())


def test_read_file_accepts_lower_case_l_and_r() -> None:
    content = (line("l", "0312", "2071234567") + line("r", "0313", "")).encode()
    rows = (replace(ROW, line=1), ImportRow(2, "return", NINE, STAMP, "0313"))
    assert read_file(content, "x.dat") == ImportSheet(rows, ())


WEB_PAGE = "is a web page, such as a login page, not a file of loans: log in, then download again"
CUT = "is cut off: the file ends in the middle of this line; download the file again"


@pytest.mark.parametrize("name", ["OffCirc.dat", "loans.csv", "loans.xlsx", ""])
@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html>\r\n<html><body>202611240912L</body></html>",
        "\ufeff\n<html lang='fr'>",
        '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">',
        "<!-- saved --><HTML>",
        "<head><title>Login</title>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_read_file_refuses_a_web_page(page: str, name: str, encoding: str) -> None:
    assert read_file(page.encode(encoding), name) == ImportSheet((), (UnreadableLine(0, WEB_PAGE),))


def test_read_file_reports_the_cut_off_last_line_of_an_offline_file() -> None:
    """A truncated identifier may happen to be another patron's identifier."""
    whole = line("L", "0312", "2071234567") + line("R", "0313", "")
    rows = (replace(ROW, line=1), ImportRow(2, "return", NINE, STAMP, "0313"))
    last = line("L", "0314", "2071234567", end="")
    for cut in (last[:-1], last[:-9], last[:60], last[:13], last[:5]):
        file = read_file((whole + cut).encode(), "x.dat")
        assert file == ImportSheet(rows, (UnreadableLine(3, CUT),)), cut
    for end in ("", "\r", "\r\n"):
        assert read_file((whole + last + end).encode(), "x.dat").bad == ()
    back = line("R", "0314", "", end="")
    assert read_file((whole + back[:15]).encode(), "x.dat") == ImportSheet(
        rows, (UnreadableLine(3, CUT),)
    )


def test_read_file_reports_cut_off_json_lines_and_tables() -> None:
    saved = '{"at": "2026-11-24T08:12:00Z", "item": "0312", "patron": "2071234567"}'
    file = read_file(f"{saved}\n{saved[:-9]}".encode())
    assert file == ImportSheet((replace(ROW, line=1),), (UnreadableLine(2, CUT),))
    table = "at;item;patron;desk\n2026-11-24 09:12;0312;2071234567;\n2026-11-24 09:13;0313;20712"
    assert read_file(table.encode()) == ImportSheet((ROW,), (UnreadableLine(3, CUT),))
    assert read_file(f"{table}34567;\n".encode()).bad == ()


def test_read_file_reports_a_cut_off_workbook() -> None:
    content = BytesIO()
    Workbook().save(content)
    cut = UnreadableLine(0, "this workbook is cut off: its end is missing; download the file again")
    assert read_file(content.getvalue()[:-30]) == ImportSheet((), (cut,))


def test_read_file_reads_the_json_lines_of_the_desk_page() -> None:
    objects = [
        {
            "kind": "loan",
            "id": str(LOAN),
            "at": "2026-11-24T09:12:30+01:00",
            "desk": "MAIL",
            "patron": "2071234567",
            "item": "0312",
            "workstation": "poste-1",
            "sequence": 7,
        },
        {"kind": "return", "at": "2026-11-24T08:12:00Z", "item": "0312", "patron": None},
        {"kind": "void", "at": "2026-11-24 09:12:00", "loan": str(LOAN), "reason": "wrong card"},
        {"at": "2026-11-24T08:12:00Z", "item": "0312", "patron": "2071234567", "state": "exported"},
    ]
    content = "\n".join(map(json.dumps, objects)).encode()
    assert read_file(content) == ImportSheet(
        (
            ImportRow(
                1,
                "loan",
                NINE.replace(second=30),
                STAMP,
                "0312",
                "2071234567",
                "MAIL",
                LOAN,
                "poste-1",
                7,
            ),
            ImportRow(2, "return", NINE, STAMP, "0312"),
            ImportRow(3, "void", NINE, STAMP, loan=LOAN, reason="wrong card"),
            ImportRow(4, "loan", NINE, STAMP, "0312", "2071234567"),
        ),
        (),
    )


ROUNDED = (
    "has {} that a spreadsheet has shortened or rounded to a number: in the source, format the "
    "column as text, then export again"
)
NO_TIME = "has no readable time; write it like 2026-11-24 09:12 or 24.11.2026 09:12"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "is not a JSON object"),
        ("{}", NO_TIME),
        ('{"at": "2026-11-24"}', NO_TIME),
        ('{"at": "0001-01-01T00:00:00Z"}', NO_TIME),
        ('{"at": "2026-03-29T02:30"}', "has a time that the clocks skipped in March"),
        ('{"at": 1}', "has a value in `at` that is not text"),
        ('{"at": "2026-11-24T09:12", "patron": "p"}', "has no item barcode"),
        (
            '{"at": "2026-11-24T09:12", "item": 312, "patron": "p"}',
            "has a value in `item` that is not text",
        ),
        ('{"at": "2026-11-24T09:12", "item": "i"}', "has no user identifier"),
        (
            '{"at": "2026-11-24T09:12", "item": "i", "patron": "p", "id": "7"}',
            "has a value in `id` that is not a UUID",
        ),
        ('{"kind": "void", "at": "2026-11-24T09:12"}', "has no loan to void"),
        (
            '{"kind": "renewal"}',
            "has an unknown kind; the kinds are loan, return, void, waiting, complete",
        ),
        (
            '{"kind": "complete", "at": "2026-11-24T09:12", "patron": "p"}',
            "has no pending loan to complete",
        ),
        (
            '{"at": "2026-11-24T09:12", "item": "i", "patron": "p", "skew_s": "soon"}',
            "has a value in `skew_s` that is not a number of seconds",
        ),
        (
            '{"at": "2026-11-24T09:12", "item": "i", "patron": "p", "overridden": 1}',
            "has a value in `overridden` that is not text",
        ),
        (
            '{"at": "2026-11-24T09:12", "item": "i", "patron": "p", "made_at": "2026-11-24T09:12"}',
            "has a time without a UTC offset in `made_at`",
        ),
        (
            '{"kind": "return", "at": "2026-11-24T09:12", "item": "i", "cart": "2\\u0000"}',
            "has a value in `cart` that is not the name of a cart",
        ),
        ('{"state": "void"}', "is a loan that the list marks as voided"),
        ("{" + " " * LONGEST_LINE, "is far too long for one transaction"),
    ],
)
def test_read_file_reports_a_bad_json_line_without_an_identifier(text: str, reason: str) -> None:
    good = '{"at": "2026-11-24T08:12:00Z", "item": "0312", "patron": "2071234567"}'
    assert read_file(f"{text}\n{good}".encode()) == ImportSheet(
        (ROW,), (UnreadableLine(1, reason),)
    )


@pytest.mark.parametrize(
    "text",
    [
        "at,item,patron\n2026-11-24 09:12,0312,2071234567\n",
        "Patron;Item barcode;Loan_Date;Note\n2071234567;0312;24.11.2026 09:12;x\n",
        "\ufeffheure\tcode-barres\tlecteur\r\n202611240912\t0312\t2071234567\r\n",
        "at,item,patron,kind\n2026-11-24T09:12+01:00,0312,2071234567,Prêt\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_read_file_accepts_columns_in_any_order_under_any_alias(text: str, encoding: str) -> None:
    assert read_file(text.encode(encoding)) == ImportSheet((ROW,), ())


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("time;book;card\n1;2;3\n", (UnreadableLine(1, HEADING.format("item, patron")),)),
        ("\nnothing\n", (UnreadableLine(2, HEADING.format("at, item, patron")),)),
        ("at,item,patron\n2026-11-24 09:12,0312\n", (UnreadableLine(2, "has no user identifier"),)),
        ("at,item,patron\nnoon,0312,p\n", (UnreadableLine(2, NO_TIME),)),
        ("", (UnreadableLine(0, "is empty"),)),
        ("\r\n \x1a", (UnreadableLine(0, "is empty"),)),
        (
            "PK\x03\x04PK\x05\x06",
            (UnreadableLine(0, "this is not a readable workbook; save it as CSV"),),
        ),
    ],
)
def test_read_file_reports_faults_of_a_table_by_line(
    text: str, bad: tuple[UnreadableLine, ...]
) -> None:
    assert read_file(text.encode()) == ImportSheet((), bad)


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("code", ["3.12E+13", "3,12E+13", "3E+13", "3.12e13", "1.5E-7", "-3E+13"])
def test_read_file_refuses_a_code_in_scientific_notation(code: str, separator: str) -> None:
    rows = [
        ["at", "item", "patron"],
        ["2026-11-24 09:12", code, "2071234567"],
        ["2026-11-24 09:12", "0312", code],
        ["2026-11-24 09:12", "0312", "2071234567"],
    ]
    sheet = read_file("\n".join(map(separator.join, rows)).encode())
    assert sheet == ImportSheet(
        (replace(ROW, line=4),),
        (
            UnreadableLine(2, ROUNDED.format("an item barcode")),
            UnreadableLine(3, ROUNDED.format("a user identifier")),
        ),
    )


@pytest.mark.parametrize("code", ["12E45", "3E13", "E+13", "12.5", "A3.12E+13", "3.12E+13-2"])
def test_read_file_keeps_a_barcode_with_the_letter_e(code: str) -> None:
    text = f"at;item;patron\n2026-11-24 09:12;{code};2071234567\n"
    assert read_file(text.encode()) == ImportSheet((replace(ROW, item=code),), ())


def test_read_file_refuses_a_workbook_number_with_too_many_digits() -> None:
    at, book = "2026-11-24 09:12", Workbook()
    for cells in (
        ("at", "item", "patron"),
        (at, 999_999_999_999_999, "2071234567"),
        (at, 1_234_567_890_123_450, "2071234567"),
        (at, "0312", 1.2345678901234567e19),
        (at, 31245.5, "2071234567"),
        (at, "3,12E+13", "2071234567"),
        (at, "1234567890123456", "2071234567"),
    ):
        book.active.append(cells)
    content = BytesIO()
    book.save(content)
    item, patron = (ROUNDED.format(what) for what in ("an item barcode", "a user identifier"))
    assert read_file(content.getvalue()) == ImportSheet(
        (replace(ROW, item="9" * 15), replace(ROW, line=7, item="1234567890123456")),
        (
            UnreadableLine(3, item),
            UnreadableLine(4, patron),
            UnreadableLine(5, item),
            UnreadableLine(6, item),
        ),
    )


def workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    book, content = Workbook(), BytesIO()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for cells in rows:
            sheet.append(cells)
    book.save(content)
    return content.getvalue()


HEAD = ["at", "item", "patron"]
LENT = ["2026-11-24 09:12", "0312", "2071234567"]


def test_read_file_reads_every_sheet_of_loans_and_names_the_others() -> None:
    content = workbook(
        {
            "Monday": [HEAD, LENT],
            "Empty": [],
            "Notes": [["Who", "What"], ["Anna", "closes at noon"]],
            "Tuesday": [
                [],
                ["Lecteur", "Code-barres", "Heure"],
                LENT[::-1],
                [*LENT[:0:-1], "noon"],
            ],
            "Spoilt": [["Time", "Barcode"], LENT],
        }
    )
    assert read_file(content) == ImportSheet(
        (replace(ROW, sheet="Monday"), replace(ROW, line=3, sheet="Tuesday")),
        (
            UnreadableLine(4, NO_TIME, "Tuesday"),
            UnreadableLine(1, HEADING.format("patron"), "Spoilt"),
        ),
        ("Notes",),
    )


def test_read_file_reports_a_workbook_without_a_sheet_of_loans() -> None:
    content = workbook({"A": [["Who", "What"]], "B": [["Note"]]})
    missing = HEADING.format("at, item, patron")
    assert read_file(content) == ImportSheet(
        (), (UnreadableLine(1, missing, "A"), UnreadableLine(1, missing, "B"))
    )


NOTHING = UnreadableLine(0, "contains no loans or returns")


@pytest.mark.parametrize(
    "content",
    [
        b"at,item,patron\n",
        b"Version=1.0\tGenerator=kocShared\tGeneratorVersion=1\r\n",
        workbook({"A": [HEAD]}),
        workbook({"A": []}),
    ],
)
def test_read_file_reports_a_file_with_nothing_to_read(content: bytes) -> None:
    assert read_file(content) == ImportSheet((), (NOTHING,))


DAY = datetime(2026, 11, 24)  # noqa: DTZ001 - local, as in a spreadsheet
MOMENT = DAY.replace(hour=9, minute=12)


@pytest.mark.parametrize(
    ("day", "clock"),
    [
        (DAY, time(9, 12)),
        (DAY, timedelta(hours=9, minutes=12)),
        ("24.11.2026", "9:12"),
        (DAY, "09:12:00"),
        ("2026-11-24", time(9, 12)),
        (MOMENT, MOMENT),
    ],
)
def test_read_file_joins_a_date_and_a_time_in_two_columns(day: Any, clock: Any) -> None:
    rows = [["Date", "Time", "Barcode", "User"], [day, clock, "0312", "2071234567"]]
    assert read_file(workbook({"A": rows})) == ImportSheet((ROW,), ())


def test_read_file_joins_a_date_and_a_time_in_csv() -> None:
    text = "Uhrzeit;Ausleihdatum;Strichcode;Benutzernummer\n09:12;24.11.2026;0312;2071234567\n"
    assert read_file(text.encode()) == ImportSheet((ROW,), ())


@pytest.mark.parametrize("heading", [["Date", "Time"], ["Loan date", "Note"], ["at", "Note"]])
def test_read_file_refuses_a_workbook_date_without_a_time(heading: list[str]) -> None:
    book = Workbook()
    book.active.append([*heading, "item", "patron"])
    book.active.append([DAY, None, "0312", "2071234567"])
    book.active["A2"].number_format = "dd.mm.yyyy"
    content = BytesIO()
    book.save(content)
    assert read_file(content.getvalue()) == ImportSheet((), (UnreadableLine(2, NO_TIME),))


def test_read_file_reads_midnight_where_a_workbook_shows_it() -> None:
    book = Workbook()
    book.active.append(HEAD)
    book.active.append([DAY, "0312", "2071234567"])
    book.active["A2"].number_format = "YYYY-MM-DD HH:MM:SS"
    content = BytesIO()
    book.save(content)
    (row,) = read_file(content.getvalue()).rows
    assert (row.at, row.stamp) == (NINE.replace(day=23, hour=23, minute=0), "202611240000")


@pytest.mark.parametrize(
    "heading",
    [
        "Datum und Uhrzeit;Medium;Benutzer",
        "Datum/Zeit;Strichcode;Lesernummer",
        "Data e ora;Documento;Lettore",
        "Data/ora;Codice a barre;Numero utente",
        "\ufeffDate\xa0et heure;Code_barres\u200b;N° de lecteur",
    ],
)
def test_read_file_knows_headings_in_four_languages(heading: str) -> None:
    text = f"{heading}\n24.11.2026 09:12;0312;2071234567\n"
    assert read_file(text.encode()) == ImportSheet((ROW,), ())


@pytest.mark.parametrize(
    "code",
    ['="0312"', '"=""0312"""', "'0312", "\xa00312", "0312\u200b", "\u200e '0312\u202f", "'0312'"],
)
def test_read_file_strips_the_wrapping_of_a_code(code: str) -> None:
    text = f'at;item;patron\n="2026-11-24 09:12";{code};2071234567\n'
    assert read_file(text.encode()) == ImportSheet((replace(ROW, is_cleaned=True),), ())


def test_read_file_strips_the_wrapping_of_a_code_in_other_formats() -> None:
    item = "\u200b'0312\u200b"
    saved = json.dumps({"at": "2026-11-24T08:12:00Z", "item": item, "patron": "2071234567"})
    assert read_file(saved.encode()).rows == (replace(ROW, line=1, is_cleaned=True),)
    file = read_file(line("L", item, "2071234567").encode(), "x.dat")
    assert file.rows == (replace(ROW, line=1, is_cleaned=True),)


def test_read_file_refuses_a_rounded_code_in_a_wrapping() -> None:
    text = 'at;item;patron\n2026-11-24 09:12;="3.12E+13";2071234567\n'
    bad = UnreadableLine(2, ROUNDED.format("an item barcode"))
    assert read_file(text.encode()) == ImportSheet((), (bad,))


def test_read_file_keeps_the_rows_before_broken_csv() -> None:
    content = f"at,item,patron\n2026-11-24 09:12,0312,2071234567\n,{'x' * 140_000},\n"
    broken = UnreadableLine(3, "cannot be parsed; the rest of the file was not read")
    assert read_file(content.encode()) == ImportSheet((ROW,), (broken,))


def test_read_file_reads_dates_and_barcodes_of_a_workbook() -> None:
    shown = NINE.replace(hour=9, tzinfo=None)
    book = Workbook()
    sheet = book.active
    sheet.append(["at", "item", "patron", "desk"])
    sheet.append([shown, 312, "2071234567", None])
    sheet.append(["24.11.2026 09:12", "0312", 2071234567, "MAIL"])
    sheet.append([shown, 10**16, "2071234567", None])
    sheet["B2"].number_format = "0000"
    content = BytesIO()
    book.save(content)
    assert read_file(content.getvalue()) == ImportSheet(
        (ROW, ImportRow(3, "loan", NINE, STAMP, "0312", "2071234567", "MAIL")),
        (UnreadableLine(4, ROUNDED.format("an item barcode")),),
    )


def test_read_file_uses_the_second_october_hour_once_times_go_back() -> None:
    times = ("2026-10-25 02:50", "2026-10-25 02:10", "2026-10-25 03:00")
    rows = read_file("\n".join(["at,item,patron", *(f"{at},i,p" for at in times)]).encode()).rows
    first = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)
    assert [row.at for row in rows] == [
        first,
        datetime(2026, 10, 25, 1, 10, tzinfo=UTC),
        datetime(2026, 10, 25, 2, 0, tzinfo=UTC),
    ]


def test_fingerprint_is_stable() -> None:
    assert fingerprint(("loan", STAMP, "0312", "2071234567"), 1) == UUID(
        "f4c7393e-31a5-5e77-a695-e0f0a4c5a398"
    )


SCANS = st.text(st.sampled_from("0123456789ABCxyz-_@."), min_size=1, max_size=30)
LAYOUTS = st.builds(
    Layout,
    item_width=st.sampled_from([80, 84, 40]),
    line_end=st.sampled_from(["crlf", "lf"]),
    encoding=st.sampled_from(["ascii", "utf-8", "cp1252"]),
)


@given(
    st.lists(st.tuples(st.integers(0, 60 * 24 * 400), SCANS, SCANS), max_size=30).map(sorted),
    LAYOUTS,
)
def test_read_file_reads_back_any_rendered_transactions(
    lent: list[tuple[int, str, str]], layout: Layout
) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    loans = [
        make.loan(uuid4(), item, patron, at=datetime.fromtimestamp(start + minute * 60, UTC))
        for minute, item, patron in lent
    ]
    sheet = read_file(render(loans, layout).content, "mail.dat")
    if not loans:
        assert sheet == ImportSheet((), (UnreadableLine(0, "is empty"),))
        return
    assert sheet.bad == ()
    assert [(row.item, row.patron) for row in sheet.rows] == [
        (loan.item, loan.patron) for loan in loans
    ]
    # The file contains no offset, so a time in the repeated hour may be wrong by an hour.
    twice = datetime(2026, 10, 25, 0, tzinfo=UTC), datetime(2026, 10, 25, 2, tzinfo=UTC)
    for row, loan in zip(sheet.rows, loans, strict=True):
        assert row.at == loan.at or (twice[0] <= loan.at < twice[1])


SEEDS = st.sampled_from(
    [
        b"",
        b"PK\x03\x04",
        b"{",
        b"202611240912L",
        b"at,item,patron\n",
        b"at;item;patron\n\xff",
        b'{"at": "2026-11-24T08:12:00Z", "item": "i", "patron": ',
        line("L", "i", "p").encode(),
    ]
)


@given(SEEDS, st.binary(max_size=400), st.sampled_from(["", "a.dat", "a.xlsx"]))
def test_read_file_returns_rows_and_bad_lines_for_any_bytes(
    seed: bytes, rest: bytes, name: str
) -> None:
    sheet = read_file(seed + rest, name)
    lines = (seed + rest).count(b"\n") + (seed + rest).count(b"\r") + 2
    assert len(sheet.rows) + len(sheet.bad) <= lines
    assert all(row.at.tzinfo is UTC for row in sheet.rows)
    assert all(row.loan if row.kind == "void" else row.item for row in sheet.rows)


@given(SEEDS, st.text(max_size=300))
def test_read_file_returns_rows_and_bad_lines_for_any_text(seed: bytes, rest: str) -> None:
    sheet = read_file(seed + rest.encode("utf-8", "surrogatepass"))
    assert all(row.at.tzinfo is UTC for row in sheet.rows)
    assert all(unreadable.line >= 0 and unreadable.reason for unreadable in sheet.bad)

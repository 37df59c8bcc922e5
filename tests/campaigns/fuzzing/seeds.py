"""Valid files of every kind, and pieces that are likely to break a parser."""

import json
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

from tests.procedure.io.offline_lists.files import koha_file, users_xml

L_ROW = f"202611241012L{'0UBU0536413':<80}SLSP-000123456\r\n"
R_ROW = f"202610250230R{'03124510':<80}\r\n"
OBJECT = {
    "kind": "loan",
    "id": "d4620b16-bdbe-4b4d-83ff-4586500b90e8",
    "at": "2026-11-24T10:12:00+01:00",
    "desk": "CMU",
    "patron": "SLSP-000123456",
    "item": "0UBU0536413",
    "sequence": 7,
}
TABLE = [["at", "item", "patron"], ["24.11.2026 10:12", "0UBU0536413", "SLSP-000123456"]]
LIST = [["Barcode", "Primary Identifier", "Due Date"], ["03124510", "anna", "24.11.2026 10:12"]]
KOC = (
    "Version=1.0\tGenerator=x\tGeneratorVersion=1\n"
    "2026-11-24 10:12:59 043\tissue\tK100\t39999000\n2026-10-25 02:30:00\treturn\t39999000\n"
)
USERS = users_xml(["2070000001", "2070000002"], ["2070000002"])
ACCOUNTS = [["user id", "card", "expiry date", "blocked"], ["anna", "207", "2027-12-31", "yes"]]
ITEMS = [["barcode", "not for loan", "requested", "days"], ["03124510", "", "1", "7"]]
REPORT = "Succeeded: 1\nFailed: 2\nItem not found. Barcode: 03124510\nUser not found. Barcode: x\n"


def _workbook(rows: list[list[str]]) -> bytes:
    book, page = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(page)
    return page.getvalue()


def _csv(rows: list[list[str]], between: str) -> bytes:
    return "\n".join(between.join(row) for row in rows).encode()


def _zipped(text: str) -> bytes:
    page = BytesIO()
    with ZipFile(page, "w", ZIP_DEFLATED) as packed:
        packed.writestr("sheet.xml", text)
    return page.getvalue()


def _borrowers() -> bytes:
    with TemporaryDirectory() as folder:
        return koha_file(Path(folder, "b.db"), [("K1", "2027-01-01", None, 0, 0)]).read_bytes()


SEEDS: tuple[bytes, ...] = (
    (L_ROW + R_ROW).encode() * 3,
    L_ROW.replace("\r", "").encode("utf-8-sig"),
    (L_ROW + R_ROW).encode("utf-16-le") * 3,
    (L_ROW + R_ROW).lower().encode("utf-16-be") + b"\0\x1a",
    b"<!DOCTYPE html>\n<html>" + L_ROW.encode(),
    (json.dumps(OBJECT) + "\n").encode() * 3,
    _csv(TABLE, ";"),
    _csv(TABLE, ",").decode().encode("utf-16"),
    _csv(LIST, "\t"),
    _workbook(TABLE),
    _workbook(LIST),
    REPORT.encode(),
    USERS.encode(),
    _zipped(USERS),
    _csv(ACCOUNTS, ";"),
    _csv(ITEMS, ","),
    _borrowers(),
    KOC.encode(),
    KOC.replace("\n", "\r\n").encode("utf-16"),
)
PIECES: tuple[bytes, ...] = (
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b"\x1a",
    b'"',
    b"'",
    b";",
    b",",
    b"\t",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"202610250230L",
    b"202603290230L",
    b"000001010000R",
    b"299912312359L",
    b"999999999999L",
    b"202611241012",
    b"L",
    b"R",
    b"l",
    b"3,12E+13",
    b"<html>",
    b" " * 80,
    b"A" * 300,
    b"x" * 5000,
    b"\xc3\xa9",
    b"\xe9",
    b"at;item;patron\n",
    b"barcode,user\n",
    b'{"at":',
    b"null",
    b"1e999",
    b"-1",
    b"9" * 40,
    b"Item not found. Barcode: ",
    b"Failed: 99999999999999999999\n",
    b"2026-11-24T10:12",
    b"24.11.2026 10:12",
    b"\xe2\x80\xae",
    b"&amp;",
    b"<?xml ",
    b"<row r='",
    b"[" * 2000,
    b"<user>",
    b"</user>",
    b"<primary_id>",
    b"<userId>1</userId>",
    b"<user_block>",
    b"<a>" * 80,
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
    b"2027-02-30Z",
    b"0000-00-00",
    b"SQLite format 3\0",
)

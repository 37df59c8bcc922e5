"""A workbook designed to exhaust memory is refused, or read within a few dozen megabytes."""

import tracemalloc
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
from openpyxl import Workbook

from procedure.circulation.imports.file import read_file
from procedure.circulation.imports.row import ImportSheet, UnreadableLine

MEGABYTE = 1024 * 1024
HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
STRINGS = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
SHEET, SHARED = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
NAMES = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in ("at", "item", "patron"))
VALUES = "".join(
    f'<c t="inlineStr"><is><t>{value}</t></is></c>'
    for value in ("2026-11-24 09:12", "0312", "2071234567")
)
LARGE = UnreadableLine(0, "the workbook is too large to be a list of loans; save it as CSV")


def workbook(packed: int = ZIP_STORED, **parts: str) -> bytes:
    """Return a workbook with the given parts; openpyxl writes the other parts."""
    made, result = BytesIO(), BytesIO()
    book = Workbook()
    book.active.append(["at", "item", "patron"])
    book.save(made)
    given = {"sheet": SHEET, "strings": SHARED, "styles": "xl/styles.xml"}
    replaced = {given[name]: text for name, text in parts.items()}
    with ZipFile(made) as source, ZipFile(result, "w", packed) as target:
        kept = {member.filename: source.read(member.filename) for member in source.infolist()}
        for name, text in (kept | replaced).items():
            target.writestr(name, text)
    return result.getvalue()


def sheet(rows: str, before: str = "") -> str:
    return f"{HEAD}{before}<sheetData>{rows}</sheetData></worksheet>"


def shared(strings: str) -> str:
    return f"{STRINGS}{strings}</sst>"


ENTITY = '<!DOCTYPE a [<!ENTITY b "c">]>'
HOSTILE = {
    "packs to a thousandth": workbook(ZIP_DEFLATED, sheet=sheet("<row/>" * 700_000)),
    "one row of cells": workbook(sheet=sheet(f"<row>{'<c/>' * 300_000}</row>")),
    "one endless text": workbook(strings=shared(f"<si><t>{'x' * 2 * MEGABYTE}</t></si>")),
    "entities": workbook(sheet=ENTITY + sheet("<row/>" * 200_000)),
    "large styles": workbook(styles="<a>" + "<b/>" * 3 * MEGABYTE + "</a>"),
    "a row at the very end": workbook(
        sheet=sheet(
            f'<row r="1">{NAMES}</row><row r="1048576">{VALUES}</row>',
            '<dimension ref="A1:XFD1048576"/>',
        )
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_read_file_refuses_a_hostile_workbook_within_bounded_memory(kind: str) -> None:
    tracemalloc.start()
    try:
        result = read_file(HOSTILE[kind])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert result == ImportSheet((), (LARGE,))
    assert peak < 48 * MEGABYTE, f"{peak / MEGABYTE:.0f} MB"


def test_read_file_bounds_memory_for_gaps_and_wide_dimensions() -> None:
    content = workbook(
        sheet=sheet(
            f'<row r="1">{NAMES}</row><row r="900">{VALUES}</row>',
            '<dimension ref="A1:XFD1048576"/>',
        )
    )
    tracemalloc.start()
    result = read_file(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [(row.line, row.item, row.patron) for row in result.rows] == [
        (900, "0312", "2071234567")
    ]
    assert (result.bad, peak < 16 * MEGABYTE) == ((), True)


def test_read_file_pads_a_number_with_zeros_to_a_barcodes_length() -> None:
    made = BytesIO()
    book = Workbook()
    book.active.append(["at", "item", "patron"])
    for number in (312, 313):
        book.active.append(["2026-11-24 09:12", number, "2071234567"])
    book.active["B2"].number_format = "0" * 14
    book.active["B3"].number_format = "0" * 200_000
    book.save(made)
    rows = read_file(made.getvalue()).rows
    assert [row.item for row in rows] == ["312".zfill(14), "313"]

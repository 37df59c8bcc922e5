"""Koha's offline file is identical to lines written by hand, and can be read back."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from procedure.circulation.imports.file_text import CUT
from procedure.circulation.offline_files.koha_file import HEADER, KohaFile
from procedure.circulation.offline_files.koha_parser import parse_koc
from procedure.circulation.offline_files.offline_format import RenderedFile, UnwritableRow, in_order
from procedure.circulation.offline_files.offline_rows import OfflineRow, ParsedFile
from procedure.circulation.transactions import Loan, Return
from procedure.errors import OfflineFileError

AT = datetime(2026, 11, 24, 9, 12, 59, 43_000, tzinfo=UTC)
# The clocks go back on 25 October 2026: 02:30 is 00:30 UTC, then 01:30 UTC.
OCTOBER = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1, 2)]


def loan(item: str = "39999000", patron: str = "K-100", at: datetime = AT) -> Loan:
    return Loan(id=UUID(int=1), at=at, desk="HAUPT", patron=patron, item=item)


def back(item: str = "39999000", at: datetime = AT) -> Return:
    return Return(id=UUID(int=2), at=at, desk="HAUPT", item=item)


def test_koha_file_has_a_header_then_loans_and_returns_in_order() -> None:
    later = AT + timedelta(minutes=1)
    rendered = KohaFile().render([loan(), loan("A B", at=later)], returns=[back("A B", at=later)])
    content = (
        b"Version=1.0\tGenerator=Relais\tGeneratorVersion=1.0\n"
        b"2026-11-24 10:12:59 043\tissue\tK-100\t39999000\n"
        b"2026-11-24 10:13:59 043\treturn\tA B\n"
        b"2026-11-24 10:13:59 043\tissue\tK-100\tA B\n"
    )
    written = (loan(), loan("A B", at=later))
    returns = (back("A B", at=later),)
    assert rendered == RenderedFile(content, written, (), hour_twice=False, returns=returns)


def test_koha_file_lists_unwritable_rows_and_writes_the_others() -> None:
    bad = {
        loan("1\t2"): "item_not_printable",
        loan("1\n2026-11-24 10:12:59 043\treturn\t2"): "item_not_printable",
        loan(patron="K\r"): "patron_not_printable",
        loan("é"): "item_not_ascii",
        loan(patron="K\u2028"): "patron_not_ascii",
        loan("1" * 21): "item_too_long",
        loan(patron="1" * 33): "patron_too_long",
    }
    good = (loan("1" * 20), loan(patron="1" * 32))
    rendered = KohaFile().render([good[0], *bad, good[1]])
    assert rendered.written == good
    assert rendered.content == KohaFile().render(good).content
    assert rendered.unwritable == tuple(
        UnwritableRow(row, entry, reason)
        for row, (entry, reason) in enumerate(bad.items(), start=2)
    )


def test_unwritable_return_refuses_the_whole_koha_file() -> None:
    with pytest.raises(OfflineFileError, match="cannot be written: item_not_printable"):
        KohaFile().render([loan()], returns=[back("1\t2")])


CODES = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=20).filter(
    lambda code: code == code.strip()
)
# A day without a clock change; a test below covers the night of a change.
TIMES = st.integers(0, 24 * 3600 * 1000 - 1).map(
    lambda ms: datetime(2026, 11, 24, tzinfo=UTC) + timedelta(milliseconds=ms)
)
LOANS = st.lists(st.builds(loan, CODES, CODES, TIMES)).map(
    lambda loans: sorted(loans, key=lambda entry: entry.at)
)


@given(LOANS, st.lists(st.builds(back, CODES, TIMES)))
def test_koha_file_is_read_back_as_written(loans: list[Loan], returns: list[Return]) -> None:
    rendered = KohaFile().render(loans, returns=returns)
    lines = in_order(loans, returns)
    expected = [
        OfflineRow(number, line.at, "L", line.item, line.patron)
        if isinstance(line, Loan)
        else OfflineRow(number, line.at, "R", line.item)
        for number, line in enumerate(lines, start=2)
    ]
    assert rendered.written == tuple(loans)
    assert parse_koc(rendered.content) == ParsedFile(tuple(expected), ())


@given(st.lists(st.builds(loan, st.text(), st.text())))
def test_no_code_can_start_a_new_line(loans: list[Loan]) -> None:
    rendered = KohaFile().render(loans)
    refused = [row.loan for row in rendered.unwritable]
    assert len(rendered.written) + len(refused) == len(loans)
    rows = rendered.content.decode("ascii").removeprefix(HEADER).splitlines()
    assert [row.split("\t")[1:] for row in rows] == [
        ["issue", entry.patron, entry.item] for entry in rendered.written
    ]


def test_time_going_back_within_a_file_marks_the_second_hour() -> None:
    ats = [OCTOBER[0], OCTOBER[0] + timedelta(minutes=20), OCTOBER[1], OCTOBER[2]]
    rendered = KohaFile().render([loan(at=at) for at in ats])
    assert rendered.hour_twice
    assert [row.at for row in parse_koc(rendered.content).rows] == ats


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-24 10:12:59 043\tissue\tK-100\t39999000\n",
        "2026-11-24 10-12-59 043\tissue\tK-100\t39999000\r\n",
        "2026-11-24 10:12:59 43\tissue\t K-100 \t39999000\t\n",
    ],
)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_lines_from_every_known_program_are_read(line: str, mark: str) -> None:
    content = f"{mark}Version=1.0\tGenerator=kocDesktop\tGeneratorVersion=2.0.0\r\n{line}\n"
    assert parse_koc(content.encode()) == ParsedFile(
        (OfflineRow(2, AT, "L", "39999000", "K-100"),), ()
    )


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (
            "2026-11-24 10:12:59 043\tpayment\tK-100\t5.00",
            "is a payment, which Relais does not record",
        ),
        ("2026-11-24 10:12:59 043\trenew\tK-100", "has neither issue nor return after the time"),
        ("2026-11-24 10:12:59 043\tissue\tK-100", "does not have a card and an item after issue"),
        ("2026-11-24 10:12:59 043\treturn\t", "does not have an item after return"),
        ("24.11.2026\treturn\t1", "does not begin with a time YYYY-MM-DD HH:MM:SS"),
        ("2026-02-30 10:12:59\treturn\t1", "does not begin with a time YYYY-MM-DD HH:MM:SS"),
        ("2026-03-29 02:30:00\treturn\t1", "has a time that the clocks skipped in March"),
        ("2026-11-24 10:12:59\treturn\t" + "1" * 5000, "is far too long for a line in this format"),
    ],
)
def test_invalid_line_is_reported_and_the_others_are_read(line: str, fault: str) -> None:
    good = "2026-11-24 10:12:59 043\treturn\t39999000\n"
    parsed = parse_koc(f"{HEADER}{line}\n{good}".encode())
    assert parsed.rows == (OfflineRow(3, AT, "R", "39999000"),)
    assert [(problem.line, str(problem)) for problem in parsed.faults] == [(2, f"line 2: {fault}")]


def test_cut_off_file_loses_only_its_last_line() -> None:
    content = KohaFile().render([loan("39999000"), loan("39999001")]).content
    parsed = parse_koc(content[:-3])
    assert parsed.rows == (OfflineRow(2, AT, "L", "39999000", "K-100"),)
    assert [str(fault) for fault in parsed.faults] == [f"line 3: {CUT}"]


@pytest.mark.parametrize("header", ["Version=2.0\tGenerator=x", "Version=", "Generator=x"])
def test_file_of_another_version_is_refused(header: str) -> None:
    parsed = parse_koc(f"{header}\n2026-11-24 10:12:59 043\treturn\t1\n".encode())
    version = header.partition("\t")[0].removeprefix("Version=") if "Version" in header else ""
    assert parsed.rows == ()
    assert [str(fault) for fault in parsed.faults] == [
        f"line 1: has version {version!r} of Koha's offline file format; Relais reads 1.0"
    ]

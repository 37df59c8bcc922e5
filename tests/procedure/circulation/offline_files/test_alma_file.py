"""Alma's offline circulation file is identical, byte for byte, to lines written here by hand."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from procedure.circulation.offline_files.alma_file import render
from procedure.circulation.offline_files.alma_layout import Layout
from procedure.circulation.offline_files.alma_parser import parse
from procedure.circulation.offline_files.offline_format import UnwritableRow, in_order
from procedure.circulation.offline_files.offline_rows import LONGEST_LINE, OfflineRow
from procedure.circulation.transactions import Loan, Return
from tests.support import make

AT = datetime(2026, 11, 24, 9, 12, 59, tzinfo=UTC)
ZURICH = ZoneInfo("Europe/Zurich")


def loan(item: str = "03124510", patron: str = "SLSP-000123456", at: datetime = AT) -> Loan:
    return make.loan(1, item, patron, at=at, desk="CMU")


def test_render_writes_time_letter_padded_item_and_identifier() -> None:
    expected = b"202611241012L03124510" + b" " * 72 + b"SLSP-000123456\r\n"
    rendered = render([loan()])
    assert rendered.content == expected
    assert (expected[13:21], expected[93:107]) == (b"03124510", b"SLSP-000123456")
    assert (rendered.written, rendered.unwritable, rendered.hour_twice) == ((loan(),), (), False)


def test_render_leaves_no_space_after_an_item_of_full_width() -> None:
    assert render([loan("x" * 80)]).content == b"202611241012L" + b"x" * 80 + b"SLSP-000123456\r\n"


def test_render_writes_a_percent_sign() -> None:
    assert render([loan("%s%%")]).content[13:17] == b"%s%%"


def test_render_with_another_layout() -> None:
    layout = Layout(item_width=10, patron_width=16, line_end="lf", encoding="utf-8")
    content = render([loan(patron="Né")], layout).content
    assert content == "202611241012L03124510  Né              \n".encode()


def test_render_lists_unwritable_rows_and_writes_the_others() -> None:
    bad = [loan("x" * 81), loan("é"), loan(patron="1" * 101), loan(patron="ß")]
    loans = [loan("A"), *bad, loan("B")]
    rendered = render(loans)
    assert rendered.written == (loan("A"), loan("B"))
    assert rendered.content == render([loan("A"), loan("B")]).content
    assert rendered.unwritable == (
        UnwritableRow(2, bad[0], "item_too_long"),
        UnwritableRow(3, bad[1], "item_not_ascii"),
        UnwritableRow(4, bad[2], "patron_too_long"),
        UnwritableRow(5, bad[3], "patron_not_ascii"),
    )


@pytest.mark.parametrize(
    ("bad", "layout", "reason"),
    [
        (loan("x" * 81), Layout(), "item_too_long"),
        (loan("é"), Layout(), "item_not_ascii"),
        (loan(patron="1" * 101), Layout(), "patron_too_long"),
        (loan(patron="ß"), Layout(), "patron_not_ascii"),
        (loan(patron="12345"), Layout(patron_width=4), "patron_too_long"),
        (loan(patron="12345"), Layout(patron_limit=4), "patron_too_long"),
    ],
)
def test_render_lists_the_only_row_that_does_not_fit(
    bad: Loan, layout: Layout, reason: str
) -> None:
    rendered = render([bad], layout)
    assert (rendered.content, rendered.written) == (b"", ())
    assert rendered.unwritable == (UnwritableRow(1, bad, reason),)


@pytest.mark.parametrize(("pad", "padding"), [(True, b" " * 72), (False, b"")])
def test_render_sorts_returns_among_loans_by_time(pad: bool, padding: bytes) -> None:
    before, after = (
        make.back(2, "03124511", at=AT + timedelta(minutes=minutes), desk="CMU")
        for minutes in (-1, 1)
    )
    rendered = render([loan()], Layout(pad_returns=pad), returns=[after, before])
    assert rendered.content == (
        b"202611241011R03124511" + padding + b"\r\n"
        b"202611241012L03124510" + b" " * 72 + b"SLSP-000123456\r\n"
        b"202611241013R03124511" + padding + b"\r\n"
    )
    assert (rendered.written, rendered.returns) == ((loan(),), (after, before))


def test_render_without_loans_is_empty() -> None:
    assert render([]).content == b""


# The clocks go back on 25 October 2026: 02:30 is 00:30 UTC, then 01:30 UTC.
OCTOBER = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1, 2)]


def test_render_writes_both_october_hours_in_order() -> None:
    rendered = render([loan(item, at=at) for item, at in zip("ABC", OCTOBER, strict=True)])
    starts = [line[:14] for line in rendered.content.splitlines()]
    assert starts == [b"202610250230LA", b"202610250230LB", b"202610250330LC"]
    assert rendered.hour_twice


def test_parse_recognises_the_second_october_hour_by_times_going_back() -> None:
    ats = [OCTOBER[0], OCTOBER[0] + timedelta(minutes=20), OCTOBER[1], OCTOBER[2]]
    parsed = parse(render([loan(at=at) for at in ats]).content)
    assert [row.at for row in parsed.rows] == ats


def test_parse_uses_the_winter_or_summer_offset() -> None:
    content = b"".join(
        f"{stamp}L{'A':<80}P\r\n".encode() for stamp in ("202607011200", "202612011200")
    )
    assert [row.at for row in parse(content).rows] == [
        datetime(2026, 7, 1, 10, tzinfo=UTC),
        datetime(2026, 12, 1, 11, tzinfo=UTC),
    ]


ROW_AT = datetime(2026, 11, 24, 9, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "row"),
    [
        (f"202611241012L{'0UBU0536413':<80}4071234567\r\n", ("L", "0UBU0536413", "4071234567")),
        (f"202611241012L{'0UBU0536413':<80}4071234567\n", ("L", "0UBU0536413", "4071234567")),
        (f"202611241012L{'0UBU0536413':<80}4071234567", ("L", "0UBU0536413", "4071234567")),
        (f"202611241012L{'A':<84}somebody\r\n", ("L", "A", "somebody")),
        (f"202611241012L{'A b':<40}somebody\r\n", ("L", "A b", "somebody")),
        (f"202611241012L{'A':<80}{'P':<30}\r\n", ("L", "A", "P")),
        ("202611241012RUBS-S-1044370\r\n", ("R", "UBS-S-1044370", "")),
        (f"202611241012R{'UBS-S-1044370':<80}\r\n", ("R", "UBS-S-1044370", "")),
        (f"\ufeff202611241012L{'A':<80}né\r\n", ("L", "A", "né")),
    ],
)
def test_parse_reads_lines_from_every_known_program(line: str, row: tuple[str, str, str]) -> None:
    parsed = parse(line.encode())
    assert (parsed.faults, parsed.rows) == ((), (OfflineRow(1, ROW_AT, *row),))  # type: ignore[arg-type]


def test_parse_decodes_the_encoding_of_a_windows_program() -> None:
    parsed = parse(f"202611241012L{'A':<80}né\r\n".encode("cp1252"))
    assert [row.patron for row in parsed.rows] == ["né"]


def test_parse_counts_characters_and_not_bytes() -> None:
    start = f"202611241012L{'A':<80}"
    long = "é" * (LONGEST_LINE - len(start))
    parsed = parse(f"{start}{long}\r\n{start}{long}é\r\n".encode())
    assert [(row.line, row.patron) for row in parsed.rows] == [(1, long)]
    assert [fault.line for fault in parsed.faults] == [2]


def test_parse_reports_bad_lines_and_reads_the_others() -> None:
    good = f"202611241012L{'A':<80}P"
    bad = [
        "2026112410L",
        f"202613241012L{'A':<80}P",
        f"202611241012X{'A':<80}P",
        f"202611241012L{'':<80}P",
        "202611241012LA",
        "202611241012R",
        f"202603290230L{'A':<80}P",
        f"202611241012L{'A':<5000}P",
    ]
    parsed = parse("\r\n".join([good, "", *bad, good, "\x1a"]).encode())
    assert [row.line for row in parsed.rows] == [1, 11]
    assert [str(fault) for fault in parsed.faults] == [
        "line 3: has neither L nor R after the 12 digits of the time",
        "line 4: does not begin with a time YYYYMMDDHHMM",
        "line 5: has neither L nor R after the 12 digits of the time",
        "line 6: has no item barcode",
        "line 7: has no user identifier after the item barcode",
        "line 8: has no item barcode",
        "line 9: has a time that the clocks skipped in March",
        "line 10: is far too long for a line in this format",
    ]


SCAN = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=80)
# Times from 2020 to 2034, many of them in the night with the repeated hour.
ATS = st.one_of(st.integers(1577836800, 2051222400), st.integers(1792879200, 1792900800)).map(
    lambda s: datetime.fromtimestamp(s, UTC)
)
LOANS = st.lists(
    st.builds(
        lambda at, patron, item: make.loan(uuid4(), item, patron, at=at, desk="CMU"),
        ATS,
        SCAN,
        SCAN,
    ),
    max_size=20,
)
RETURNS = st.lists(
    st.builds(lambda at, item: make.back(uuid4(), item, at=at, desk="CMU"), ATS, SCAN),
    max_size=8,
)
LAYOUTS = st.builds(
    Layout,
    line_end=st.sampled_from(["crlf", "lf"]),
    pad_returns=st.booleans(),
    encoding=st.sampled_from(["ascii", "cp1252", "utf-8"]),
)


@given(LOANS, RETURNS, LAYOUTS)
def test_parse_reads_back_any_rendered_transactions(
    loans: list[Loan], returns: list[Return], layout: Layout
) -> None:
    loans.sort(key=lambda loan: loan.at)
    content = render(loans, layout, returns=returns).content
    parsed = parse(content)
    lines = in_order(loans, returns)
    assert parsed.faults == ()
    assert [(r.kind, r.item, r.patron, wall(r.at)) for r in parsed.rows] == [
        ("L", line.item, line.patron, wall(line.at))
        if isinstance(line, Loan)
        else ("R", line.item, "", wall(line.at))
        for line in lines
    ]
    assert [line.at for line in lines] == sorted(line.at for line in lines)
    # Writing the parsed rows produces the same file, including the times.
    again = [
        make.loan(row.line, row.item, row.patron, at=row.at, desk="CMU", sequence=row.line)
        for row in parsed.rows
        if row.kind == "L"
    ]
    backs = [
        make.back(row.line, row.item, at=row.at, desk="CMU", sequence=row.line)
        for row in parsed.rows
        if row.kind == "R"
    ]
    assert render(again, layout, returns=backs).content == content


def wall(at: datetime) -> str:
    return at.astimezone(ZURICH).strftime("%Y-%m-%d %H:%M")


@given(st.binary(max_size=400))
def test_parse_never_raises_for_any_bytes(content: bytes) -> None:
    parsed = parse(content)
    assert len(parsed.rows) + len(parsed.faults) <= content.count(b"\n") + 1

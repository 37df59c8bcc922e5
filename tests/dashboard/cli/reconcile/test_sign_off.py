"""What is left to extend, the counts by desk, day and state, and who signs for them."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from procedure.errors import TransactionRefused
from procedure.local_time import local
from procedure.simulation.alma.server import FakeAlma
from tests.dashboard.cli.conftest import ROWS, THEN
from tests.support.cli import Run, json_lines


@pytest.fixture
def proved(run: Run, lent: Path, alma: tuple[FakeAlma, int]) -> Path:
    """The rows of one desk uploaded and proved: two in Alma, of which one is short, two refused."""
    run("reconcile", "preflight")
    run("loans", "export", "--desk", "MAIL", "--out", lent)
    (file,) = lent.glob("MAIL*.dat")
    text = alma[0].upload("MAIL", file.read_bytes(), file.name)
    run("reconcile", "report", "-", "--export", file.name, text=text)
    run("reconcile", "verify")
    return lent


def test_extensions_are_listed_before_and_after_the_upload(
    run: Run, lent: Path, alma: tuple[FakeAlma, int]
) -> None:
    run("reconcile", "preflight")
    before = run("reconcile", "extensions", "--json")
    (entry,) = json_lines(before)
    assert (before.exit_code, entry["item"], entry["policy"], entry["due_in_alma"]) == (
        3,
        "104",
        "1H",
        None,
    )
    assert run("reconcile", "extensions", "--desk", "CMU", "--json").exit_code == 0


def test_extensions_file_has_no_identifier(run: Run, proved: Path) -> None:
    for name in ("list.csv", "list.xlsx"):
        out = proved / name
        result = run("reconcile", "extensions", "--out", out)
        assert (result.exit_code, result.stdout) == (3, "")
        assert not any(patron.encode() in out.read_bytes() for _, patron in ROWS)
    heading, line = (proved / "list.csv").read_text("utf-8-sig").splitlines()
    assert heading == "desk,item,lent,due,policy,state,due_in_alma"
    assert line.startswith(f"MAIL,104,{local(THEN):%Y-%m-%d %H:%M},")
    wrong = run("reconcile", "extensions", "--out", proved / "list.pdf")
    assert (wrong.exit_code, "ends in .csv or .xlsx" in wrong.stderr) == (2, True)
    bare = run("reconcile", "extensions", RELAIS_SHORT_LOANS="")
    assert "RELAIS_SHORT_LOANS is not set" in bare.stderr
    assert [row.split("\t")[:2] for row in bare.stdout.splitlines()[1:]] == [["MAIL", "104"]]


def test_sign_off_needs_settled_rows_and_a_name(run: Run, proved: Path) -> None:
    counts = {"confirmed": 2, "refused": 2, "resolved": 0, "void": 0}
    before = run("reconcile", "summary", "--json")
    day, total = json_lines(before)
    assert (before.exit_code, day["desk"], total["desk"], total["day"]) == (
        3,
        "MAIL",
        "total",
        None,
    )
    for row in (day, total):
        assert {name: row[name] for name in counts} == counts
        assert (row["all"], row["recorded"], row["exported"], row["uploaded"]) == (4, 0, 0, 0)
    unsettled = run("reconcile", "sign", "--by", "L. Martin")
    assert isinstance(unsettled.exception, TransactionRefused)
    assert str(unsettled.exception) == "2 of 4 rows are not settled: settle them, then sign."

    for row in json_lines(run("reconcile", "status", "--json")):
        if row["state"] == "refused":
            run("reconcile", "resolve", row["id"], "--how", "lent at the desk", "--by", "LM")
    signed = run("reconcile", "sign", "--by", "=L. Martin")
    assert signed.stdout == "=L. Martin signs for 4 rows (2 confirmed, 2 resolved).\n"
    after = run("reconcile", "summary", "--json")
    assert (after.exit_code, json_lines(after)[-1]["signed_by"]) == (0, "=L. Martin")
    assert run("reconcile", "summary").stdout.splitlines()[-2].endswith("\t4\tyes")

    for name in ("sum.csv", "sum.xlsx"):
        assert run("reconcile", "summary", "--out", proved / name).exit_code == 0
    lines = (proved / "sum.csv").read_text("utf-8-sig").splitlines()
    assert lines[0] == (
        "desk,day,recorded,exported,uploaded,confirmed,refused,resolved,void,all,"
        "to_check,on_the_way,to_settle,in_alma,settled_by_hand,cancelled"
    )
    assert lines[2] == "total,,0,0,0,2,0,2,0,4,0,0,0,2,2,0"
    assert lines[4:][0] == "signed_by,signed_at,rows,stands"
    assert lines[5].startswith("'=L. Martin,")
    book = load_workbook(BytesIO((proved / "sum.xlsx").read_bytes()))
    assert [cell.value for cell in book["loans"][3]] == [
        *("total", None, 0, 0, 0, 2, 0, 2, 0, 4, 0, 0, 0, 2, 2, 0)
    ]
    assert (book["signed"]["A2"].value, book["signed"]["A2"].data_type) == ("=L. Martin", "s")

    # A loan that comes later is not signed for.
    run("loans", "add", "--desk", "MAIL", "--patron", "2070000002", "--item", "105")
    late = run("reconcile", "summary", "--json")
    assert (late.exit_code, json_lines(late)[-1]["stands"]) == (3, "no")

"""`relais reconcile summary` counts loans by desk, day and state; `sign` signs these counts."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from procedure.errors import TransactionRefused
from procedure.simulation.alma.server import FakeAlma
from tests.support.cli import Run, json_lines
from tests.support.loans import record_loan, settle_loan


@pytest.fixture
def proved(run: Run, lent: Path, alma: tuple[FakeAlma, int]) -> Path:
    """Upload and verify four loans: two are in Alma (one as a short loan), and two were refused."""
    run("loans", "export", "--desk", "MAIL", "--out", lent)
    (file,) = lent.glob("MAIL*.dat")
    text = alma[0].upload("MAIL", file.read_bytes(), file.name)
    run("reconcile", "report", "-", "--export", file.name, text=text)
    run("reconcile", "verify")
    return lent


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
    assert str(unsettled.exception) == "Unsettled rows: 2 of 4. Settle them, then sign."

    for row in json_lines(run("reconcile", "status", "--json")):
        if row["state"] == "refused":
            settle_loan(row["id"], "lent at the desk", "LM")
    signed = run("reconcile", "sign", "--by", "=L. Martin")
    assert signed.stdout == "=L. Martin has signed off 4 loans.\n"
    assert signed.stderr.count("Settled by hand, but not in Alma: loan ") == 2
    after = run("reconcile", "summary", "--json")
    assert (after.exit_code, json_lines(after)[-1]["signed_by"]) == (0, "=L. Martin")
    assert run("reconcile", "summary").stdout.splitlines()[-2].endswith("\t4\tyes")

    wrong = run("reconcile", "summary", "--out", proved / "sum.pdf")
    assert (wrong.exit_code, "ends in .csv or .xlsx" in wrong.stderr) == (2, True)
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
        "total",
        None,
        0,
        0,
        0,
        2,
        0,
        2,
        0,
        4,
        0,
        0,
        0,
        2,
        2,
        0,
    ]
    assert (book["signed"]["A2"].value, book["signed"]["A2"].data_type) == ("=L. Martin", "s")

    # The signature stands, but a loan recorded after it needs a new signature.
    record_loan("105", desk="MAIL", patron="2070000002")
    late = run("reconcile", "summary", "--json")
    assert (late.exit_code, json_lines(late)[-1]["stands"]) == (3, "yes")

"""Uploading an offline file: each of Alma's rules, and its line in the report."""

from datetime import UTC, datetime, timedelta

import pytest

from procedure.simulation.alma.offline_upload import UploadJob
from procedure.simulation.alma.world import AlmaLoan, AlmaUser, Desk, Item, Stock, World

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)  # 14:00 in Geneva
NINE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # 09:00 in Geneva
MAIL = Desk("MAIL", "MAIL", ("MAIL",))


def copy(barcode: str, **more: object) -> Item:
    return Item(barcode, f"p-{barcode}", "99", "22", **{"library": "MAIL", **more})


def world() -> World:
    return World(
        Stock(
            items=[
                copy("free"),
                copy("day", policy="1D"),
                copy("hour", policy="1H"),
                copy("held"),
                copy("kept", process="HOLDSHELF", waits_for="anna"),
                copy("fixed", lendable=False),
                copy("late", last_action=NINE + timedelta(minutes=90)),
                copy("other", library="BATTELLE"),
            ],
            users=[
                AlmaUser("anna", (("01", "A-01"), ("02", "A-02"), ("03", "A-03"), ("04", "A-04"))),
                AlmaUser("bert", (("01", "B-01"),)),
                AlmaUser("carl", (("01", "C-01"),), blocks=("FINES",)),
                AlmaUser("dora", (("01", "D-01"),), expires=NINE),
                AlmaUser("emil", (("01", "E-01"),), limit=0),
            ],
            desks=[MAIL],
            loans=[AlmaLoan("1", "bert", "held", "MAIL", "MAIL", NINE, NINE + timedelta(28))],
            terms={"1D": 24, "1H": 1},
        )
    )


def row(kind: str, item: str, patron: str = "", stamp: str = "202611240930") -> str:
    return f"{stamp}{kind}{item:<80}{patron}\r\n"


def run(there: World, *rows: str, **more: bool) -> str:
    return str(UploadJob(there, MAIL, NOW, **more).run("".join(rows).encode(), "mail.dat"))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (row("L", "free", "A-01"), ""),
        (row("L", "free", "A-02"), ""),
        (row("L", "free", "A-03"), ""),
        (row("L", "free", "anna"), ""),
        (row("L", "free", "A-04"), "User not found. Barcode: A-04"),
        (row("L", "free", "nobody"), "User not found. Barcode: nobody"),
        (row("L", "nothing", "A-01"), "Item not found. Barcode: nothing"),
        (row("R", "nothing"), "Item not found. Barcode: nothing"),
        (row("R", "free"), "Return item failed, item was not on loan. Barcode: free"),
        (row("R", "held"), ""),
        (row("L", "held", "A-01"), "Item is currently on loan by another patron. Barcode: held"),
        (row("L", "held", "B-01"), ""),
        (row("L", "late", "A-01"), "A later action on this item happened. Barcode: late"),
        (row("R", "late"), "A later action on this item happened. Barcode: late"),
        (row("L", "late", "A-01", "202611241030"), ""),
        (row("L", "kept", "A-01"), ""),
        (row("L", "kept", "B-01"), "Item is on the hold shelf for another patron. Barcode: kept"),
        (row("L", "fixed", "A-01"), "Item is not loanable. Barcode: fixed"),
        (
            row("L", "other", "A-01"),
            "Item cannot be loaned from this circulation desk. Barcode: other",
        ),
        (row("L", "free", "C-01"), "Loan failed, patron has blocks. Barcode: free"),
        (row("L", "free", "D-01"), "Loan failed, patron has blocks. Barcode: free"),
        (row("L", "free", "E-01"), "Loan failed, patron has blocks. Barcode: free"),
        (row("X", "free", "A-01"), "Line is not valid."),
        (row("L", "free", "A-01", "202603290230"), "Line is not valid."),
        ("rubbish\r\n", "Line is not valid."),
    ],
)
def test_run_reports_a_line_as_done_or_with_its_message(line: str, message: str) -> None:
    failed = 1 if message else 0
    assert run(world(), line) == (
        "Offline Circulation\nFile name: mail.dat\nRecords processed: 1\n"
        f"Succeeded: {1 - failed}\nFailed: {failed}\n\n" + (f"{message}\n" if message else "")
    )


def test_run_sets_the_due_date_from_the_recorded_date_but_not_in_the_past() -> None:
    there = world()
    run(
        there,
        row("L", "free", "A-01"),
        row("L", "day", "A-01"),
        row("L", "hour", "A-01"),
        row("L", "held", "B-01"),
    )
    half_past = NINE + timedelta(minutes=30)
    assert {loan.item: (loan.loan_date, loan.due_date) for loan in there.loans.values()} == {
        "held": (NINE, half_past + timedelta(days=28)),
        "free": (half_past, half_past + timedelta(days=28)),
        "day": (half_past, half_past + timedelta(days=1)),
        "hour": (half_past, NOW),
    }


def test_run_applies_rows_in_file_order() -> None:
    there = world()
    report = run(there, row("L", "free", "A-01"), row("R", "free"), row("L", "free", "B-01"))
    assert "Failed: 0" in report
    assert [(loan.user, loan.returned is None) for loan in there.loans.values()] == [
        ("bert", True),
        ("anna", False),
        ("bert", True),
    ]
    report = run(there, row("L", "free", "A-01"), row("R", "free"))
    assert "Item is currently on loan by another patron. Barcode: free" in report
    assert "Succeeded: 1" in report


def test_run_sends_an_item_of_another_library_in_transit() -> None:
    there = world()
    run(there, row("R", "other"), row("R", "free"))
    assert [there.items[name].process for name in ("other", "free")] == ["TRANSIT", ""]


def test_run_with_automatic_blocks_leaves_two_loans_of_one_copy() -> None:
    there = world()
    assert "Failed: 0" in run(there, row("L", "held", "A-01"), automatic=True)
    assert [loan.user for loan in there.loans.values() if loan.item == "held"] == ["bert", "anna"]


def test_run_again_renews_and_lends_nothing_twice() -> None:
    there = world()
    for _ in range(2):
        assert "Failed: 0" in run(there, row("L", "free", "A-01"))
    assert len(there.loans) == 2

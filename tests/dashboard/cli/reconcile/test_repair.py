"""One refused row after the other, from a shell: what is sent to Alma, and how often."""

from __future__ import annotations

from pathlib import Path

import pytest

from procedure.errors import TransactionRefused
from procedure.local_time import local
from procedure.simulation.alma.gate import Misbehaviour
from procedure.simulation.alma.server import FakeAlma
from procedure.simulation.alma.world import Item
from tests.dashboard.cli.conftest import THEN
from tests.support.cli import Run, json_lines

WRITE = {"RELAIS_ALMA_WRITE_KEY": "k-write"}
BY = ("--by", "LM")


@pytest.fixture
def refused(run: Run, lent: Path, alma: tuple[FakeAlma, int]) -> dict[str, str]:
    """The ids of the rows that Alma refused, by item: an unknown user, an unknown item."""
    run("loans", "export", "--desk", "MAIL", "--out", lent)
    (file,) = lent.glob("MAIL*.dat")
    text = alma[0].upload("MAIL", file.read_bytes(), file.name)
    result = run("reconcile", "report", "-", "--export", file.name, "--json", text=text)
    rows = json_lines(result)
    return {row["item"]: row["id"] for row in rows if row["state"] == "refused"}


def state(run: Run, loan: str) -> tuple[str, str, str]:
    rows = json_lines(run("reconcile", "status", "--json"))
    row = next(row for row in rows if row["id"] == loan)
    return row["item"], row["state"], row["reason"]


def test_correct_keeps_what_was_scanned(run: Run, refused: dict[str, str], lent: Path) -> None:
    loan = refused["999"]
    done = run("reconcile", "correct", loan[-8:], "--item", "102", *BY)
    assert (done.exit_code, done.stdout) == (
        0,
        f"Loan {loan} is corrected; what was scanned is kept.\n",
    )
    assert state(run, loan) == ("102", "refused", "item_not_found")
    rows = json_lines(run("loans", "list", "--json"))
    assert next(row["item"] for row in rows if row["id"] == loan) == "999"
    assert done.stderr.endswith(f"  loan {loan}: the scan seems to be cut off\n")
    words = ("loans", "export", "--failures", "--desk", "MAIL", "--out")
    doubtful = run(*words, lent / "first.dat")
    assert (doubtful.exit_code, doubtful.stderr) == (3, done.stderr)
    assert b"L102 " not in (lent / "first.dat").read_bytes()
    assert run("reconcile", "confirm", loan, *BY).exit_code == 0
    run(*words, lent / "again.dat")
    assert b"L102 " in (lent / "again.dat").read_bytes()
    nobody = run("reconcile", "correct", "ffffffff", "--item", "1", *BY)
    assert (nobody.exit_code, "is the id of no loan" in nobody.stderr) == (2, True)


def test_identifiers_are_numbered_and_chosen_by_number(
    run: Run, refused: dict[str, str], alma: tuple[FakeAlma, int]
) -> None:
    loan = refused["101"]
    nobody = run("reconcile", "candidates", loan)
    assert (nobody.exit_code, nobody.stdout) == (3, "")
    run("reconcile", "correct", loan, "--patron", "m-1", *BY)
    listed = run("reconcile", "candidates", loan, "--json")
    assert json_lines(listed) == [
        {"number": 1, "type": "01", "identifier": "2070000001"},
        {"number": 2, "type": "primary id", "identifier": "anna"},
    ]
    wrong = run("reconcile", "correct", loan, "--candidate", "3", *BY)
    assert (wrong.exit_code, "there is no such candidate" in wrong.stderr) == (2, True)
    assert run("reconcile", "correct", loan, "--candidate", "1", *BY).exit_code == 0
    assert alma[0].gate.effects == []
    made = run("reconcile", "lend", loan, "--library", "MAIN", "--yes", *BY, **WRITE)
    assert (made.exit_code, alma[0].gate.effects) == (0, ["lend 101"])
    assert [loan.user for loan in alma[0].world.loans.values() if loan.item == "101"] == ["anna"]


def test_lend_needs_yes_and_is_dated_now(
    run: Run, refused: dict[str, str], alma: tuple[FakeAlma, int]
) -> None:
    loan = refused["999"]
    run("reconcile", "correct", loan, "--item", "102", *BY)
    run("reconcile", "confirm", loan, *BY)  # three digits are too short for a barcode
    asked = run("reconcile", "lend", loan, *BY, **WRITE)
    assert (asked.exit_code, asked.stdout) == (
        3,
        f"Item 102 at MAIL: Alma would date this loan now, not {local(THEN):%Y-%m-%d %H:%M}. "
        "To make it, add --yes.\n",
    )
    unsure = run("reconcile", "lend", loan, "--yes", *BY, **WRITE)
    assert (unsure.exit_code, "give --library" in unsure.stderr) == (2, True)
    no_key = run("reconcile", "lend", loan, "--library", "MAIN", "--yes", *BY)
    assert (no_key.exit_code, "RELAIS_ALMA_WRITE_KEY" in no_key.stderr) == (4, True)
    assert alma[0].gate.effects == []
    made = run("reconcile", "lend", loan, "--library", "MAIN", "--yes", *BY, **WRITE)
    assert (made.exit_code, made.stdout[:48]) == (
        0,
        "The loan is in Alma, dated when it was made, due",
    )
    assert state(run, loan) == ("102", "confirmed", "lent_by_api")
    again = run("reconcile", "lend", loan, "--library", "MAIN", "--yes", *BY, **WRITE)
    assert isinstance(again.exception, TransactionRefused)
    assert alma[0].gate.effects == ["lend 102"]


@pytest.mark.parametrize(("kind", "code", "effects"), [
    ("drop_after", 0, ["lend 102"]),
    ("drop_before", 4, []),
])  # fmt: skip
def test_lend_with_an_unknown_result_is_looked_up(
    run: Run,
    refused: dict[str, str],
    alma: tuple[FakeAlma, int],
    kind: str,
    code: int,
    effects: list[str],
) -> None:
    loan = refused["999"]
    run("reconcile", "correct", loan, "--item", "102", *BY)
    run("reconcile", "confirm", loan, *BY)  # three digits are too short for a barcode
    alma[0].gate.faults = [Misbehaviour(kind, "POST")]  # type: ignore[arg-type]
    words = ("reconcile", "lend", loan, "--library", "MAIN", "--yes", *BY)
    broken = run(*words, **WRITE)
    assert (broken.exit_code, "not sent again" in broken.stderr) == (4, True)
    looked = run(*words, **WRITE)
    assert (looked.exit_code, looked.stderr.splitlines()[0]) == (
        code,
        "It was sent before: looking in Alma, nothing is sent.",
    )
    assert alma[0].gate.effects == effects
    posts = sum(count for name, count in alma[0].gate.requests.items() if name[:4] == "POST")
    assert posts == 1


def test_lend_refused_by_alma_has_its_code(
    run: Run, refused: dict[str, str], alma: tuple[FakeAlma, int]
) -> None:
    made = run("reconcile", "lend", refused["999"], "--library", "MAIN", "--yes", *BY, **WRITE)
    assert (made.exit_code, made.stdout) == (3, "Alma refuses it: no such item (401689).\n")
    assert alma[0].gate.effects == []


def test_hand_on_with_a_note_leaves_the_file(run: Run, refused: dict[str, str], lent: Path) -> None:
    loan = refused["999"]
    assert run("reconcile", "hand-on", loan, "--note", "ask Eva", *BY).exit_code == 0
    assert state(run, loan) == ("999", "refused", "item_not_found")
    out = lent / "again.dat"
    assert run("loans", "export", "--failures", "--desk", "MAIL", "--out", out).exit_code == 0
    assert b"999" not in out.read_bytes()
    assert run("reconcile", "resolve", loan[:8], "--how", "lent by Eva", *BY).exit_code == 0
    assert state(run, loan) == ("999", "resolved", "by_hand")


# ----- the carts -----


def cart_line(item: str) -> bytes:
    return f"{local(THEN):%Y%m%d%H%M}R{item:<80}\r\n".encode()


@pytest.fixture
def carts(run: Run, lent: Path, alma: tuple[FakeAlma, int]) -> dict[str, str]:
    """The ids of returns: of a book of C1, of one lent before the outage, of one on no loan."""
    world = alma[0].world
    world.items["200"] = Item("200", "p-200", "99", "22", "MAIN")
    world.by_pid["p-200"] = world.items["200"]
    desk = world.desks["MAIL"]
    world.add_loan(world.users["bert"], world.items["200"], desk, THEN.replace(year=2020), THEN)
    file = lent / "cart.dat"
    file.write_bytes(b"".join(map(cart_line, ("100", "200", "103"))))
    assert run("loans", "import", file, "--desk", "MAIL").exit_code == 0
    result = run("reconcile", "cart", "--json")
    return {row["item"]: row["id"] for row in json_lines(result)}


def test_carts_are_listed_as_safe_or_waiting(run: Run, carts: dict[str, str]) -> None:
    listed = run("reconcile", "cart")
    assert (listed.exit_code, [line.split()[-1] for line in listed.stdout.splitlines()[1:]]) == (
        3,
        ["later", "now", "now"],
    )
    assert run("reconcile", "cart", "--desk", "CMU").exit_code == 0


def test_return_needs_safety_and_yes_and_is_made_once(
    run: Run, carts: dict[str, str], alma: tuple[FakeAlma, int]
) -> None:
    words = ("reconcile", "scan-in", carts["200"], "--library", "MAIN", *BY)
    assert (run(*words, **WRITE).exit_code, alma[0].gate.effects) == (3, [])
    unsafe = run("reconcile", "scan-in", carts["100"], "--library", "MAIN", "--yes", *BY, **WRITE)
    assert str(unsafe.exception) == (
        "A loan of this book is not known to be in Alma: it would be lost."
    )
    done = run(*words, "--yes", **WRITE)
    assert (done.exit_code, done.stdout) == (0, "Returned in Alma.\n")
    free = run("reconcile", "scan-in", carts["103"], "--library", "MAIN", "--yes", *BY, **WRITE)
    assert free.stdout == "Returned in Alma (it was on no loan).\n"
    assert run(*words, "--yes", **WRITE).exit_code == 2
    assert alma[0].gate.effects == ["scan 200"]
    assert [row["item"] for row in json_lines(run("reconcile", "cart", "--json"))] == ["100"]


def test_settle_item_needs_a_reason_and_is_counted(
    run: Run, carts: dict[str, str], alma: tuple[FakeAlma, int]
) -> None:
    words = ("reconcile", "resolve-return")
    del alma[0].world.items["200"]
    lost = run("reconcile", "scan-in", carts["200"], "--library", "MAIN", "--yes", *BY, **WRITE)
    assert str(lost.exception) == "Alma has no item with this barcode."
    unsafe = run(*words, carts["100"], "--how", "returned", *BY)
    assert str(unsafe.exception) == (
        "A loan of this book is not known to be in Alma: settle that first."
    )
    assert str(run(*words, carts["200"], "--how", " ", *BY).exception).startswith("Say in a few")
    assert run(*words, "--how", "x", *BY).exit_code == 2
    done = run(*words, carts["200"], "--how", "barcode lost, shelved", *BY)
    assert (done.exit_code, done.stderr) == (0, "1 of 3 books of the carts accounted for.\n")
    whole = run(*words, "--desk", "MAIL", "--how", "at Alma's screen", *BY)
    assert (whole.exit_code, whole.stderr) == (0, "2 of 3 books of the carts accounted for.\n")
    assert str(run(*words, "--desk", "MAIL", "--how", "again", *BY).exception) == (
        "This book lies on no cart any more."
    )
    status = run("reconcile", "status")
    assert status.stderr.splitlines()[-1] == "2 of 3 books of the carts accounted for."
    summary = json_lines(run("reconcile", "summary", "--json"))
    (counted,) = [row for row in summary if "returns" in row]
    assert counted == {
        "desk": "MAIL", "returns": 3, "accounted": 2,
        "by_api": 0, "by_hand": 2, "lent_again": 0, "left": 1,
    }  # fmt: skip
    assert alma[0].gate.effects == []


@pytest.mark.parametrize(("kind", "code", "effects"), [
    ("drop_after", 0, ["scan 200"]),
    ("drop_before", 4, []),
])  # fmt: skip
def test_return_with_an_unknown_result_is_looked_up(
    run: Run,
    carts: dict[str, str],
    alma: tuple[FakeAlma, int],
    kind: str,
    code: int,
    effects: list[str],
) -> None:
    alma[0].gate.faults = [Misbehaviour(kind, "POST")]  # type: ignore[arg-type]
    words = ("reconcile", "scan-in", carts["200"], "--library", "MAIN", "--yes", *BY)
    assert run(*words, **WRITE).exit_code == 4
    assert run(*words, **WRITE).exit_code == code
    assert alma[0].gate.effects == effects
    posts = sum(count for name, count in alma[0].gate.requests.items() if name[:4] == "POST")
    assert posts == 1


def test_return_of_an_item_lent_since_is_refused(
    run: Run, carts: dict[str, str], alma: tuple[FakeAlma, int]
) -> None:
    world = alma[0].world
    world.end_loan(world.items["200"], THEN)
    now = alma[0].now()
    world.add_loan(world.users["anna"], world.items["200"], world.desks["MAIL"], now, now)
    words = ("reconcile", "scan-in", carts["200"], "--library", "MAIN", "--yes", *BY)
    assert "It was lent since" in str(run(*words, **WRITE).exception)
    assert alma[0].gate.effects == []

"""`relais loans` as a coordinator types it; each test has its own database."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import Result

from dashboard.core.errors import FileRefused
from procedure.circulation.settlements import Corrected, SettledByHand
from procedure.circulation.transactions import Loan
from procedure.errors import OfflineFileError, TransactionRefused
from procedure.io.database.database import open_database
from procedure.local_time import local
from tests.support import make
from tests.support.cli import Run, json_lines, run_relais
from tests.support.loans import confirm_loans, record_loan, void_loan


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs `relais loans …`, and checks its exit code or its refusal.

    The tests run in an empty folder.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RELAIS_DATABASE_URL", f"sqlite:///{tmp_path / 'data' / 'relais.sqlite3'}")

    def run(
        *words: str, refused: type[Exception] | None = None, code: int = 0, yes: bool = True
    ) -> Result:
        # The loans in these tests are from 2025, so exporting them must be confirmed.
        confirmed = ["--yes"] if yes and words[0] == "export" else []
        result = run_relais("loans", *words, *confirmed)
        if refused is None:
            assert result.exit_code == code, result.output
        else:
            assert isinstance(result.exception, refused), result.output
        return result

    return run


def line(stamp: str, item: str, patron: str = "SLSP-000123456") -> bytes:
    return stamp.encode() + b"L" + item.encode().ljust(80) + patron.encode() + b"\r\n"


def test_list_json_has_one_object_per_loan(run: Run) -> None:
    loan = record_loan("03124510")
    assert json_lines(run("list", "--json")) == [
        {
            "id": loan,
            "at": "2025-11-24T09:12:00Z",
            "local": "2025-11-24T10:12:00+01:00",
            "desk": "CMU",
            "patron": "SLSP-000123456",
            "item": "03124510",
            "state": "recorded",
            "late": True,
            "warning": None,
            "workstation": "shell",
            "operator": None,
            "export": None,
            "reason": None,
            "repeats": None,
            "stage": "on_the_way",
        }
    ]


def test_export_leaves_out_undecided_scans_and_names_them(run: Run) -> None:
    record_loan("A", desk="MAIL")
    record_loan("B", desk="MAIL", at="2025-11-24T10:13")
    loan = record_loan("A", desk="MAIL", patron="P2", at="2025-11-24T18:00")
    named = [
        "1 scan to check, left out of files until somebody decides on the Reconciliation page:",
        f"  loan {loan}: Lent to another user today: check the card.",
    ]
    done = run("export", "--desk", "MAIL", "--out", "a.dat", code=3)
    assert done.stderr.splitlines() == named
    assert done.stdout.startswith("2 loans from MAIL written to a.dat\n")
    for words in (("--desk", "MAIL"), ()):
        again = run("export", *words, code=3)
        assert again.stderr.splitlines() == named
        assert again.stdout.startswith("Nothing new to export")
    confirm_loans(loan)
    assert run("export", "--out", "b.dat").stdout.startswith("1 loan from MAIL written to b.dat\n")


def test_list_says_what_to_do_about_a_loan_voided_after_export(run: Run) -> None:
    loan = record_loan("A")
    run("export", "--desk", "CMU", "--out", "a.dat")
    void_loan(loan)
    (row,) = run("list").stdout.splitlines()[1:]
    assert row.endswith("void      voided after export: undo the loan in Alma")


def test_export_writes_the_lines_of_a_desk_in_order(run: Run) -> None:
    record_loan("LATER", at="2025-11-24T10:12:30")
    record_loan("OLD", at="2025-08-01T09:00")
    record_loan("ELSEWHERE", desk="MAIL")
    void_loan(record_loan("VOID"))
    result = run("export", "--desk", "CMU", "--out", "cmu.dat")
    assert result.stdout.splitlines()[0] == "2 loans from CMU written to cmu.dat"
    assert Path("cmu.dat").read_bytes() == line("202508010900", "OLD") + line(
        "202511241012", "LATER"
    )
    assert stat.S_IMODE(Path("cmu.dat").stat().st_mode) == 0o600


def test_export_writes_both_october_hours_in_order(run: Run) -> None:
    record_loan("SECOND", at="2025-10-26T02:30+01:00")
    record_loan("FIRST", at="2025-10-26T02:30+02:00")
    result = run("export", "--desk", "CMU", "--out", "october.dat")
    stamp = "202510260230"
    assert Path("october.dat").read_bytes() == line(stamp, "FIRST") + line(stamp, "SECOND")
    assert result.stderr == (
        "This file covers the repeated hour: times are ambiguous, but the lines are in order.\n"
    )


def test_export_without_new_loans_writes_no_file(run: Run, tmp_path: Path) -> None:
    record_loan("A", desk="MAIL")
    result = run("export", "--desk", "CMU", "--out", "none.dat")
    assert result.stdout == "Nothing new to export at CMU: no file was written.\n"
    assert result.stderr == "Loans still to export: MAIL (1).\n"
    assert not (tmp_path / "none.dat").exists()


def test_export_names_rows_that_do_not_fit(run: Run) -> None:
    bad = record_loan("x" * 81)
    record_loan("A", at="2025-11-24T10:13")
    result = run("export", "--desk", "CMU", "--out", "a.dat", code=3)
    assert result.stderr == (
        "Left out, to be entered in Alma by hand:\n"
        f"  loan {bad}, row 1: Barcode too long for Alma’s file.\n"
    )
    assert Path("a.dat").read_bytes() == line("202511241013", "A")


def test_export_names_rows_that_still_need_repair(run: Run) -> None:
    bad = record_loan("x" * 81)
    for _ in range(2):
        result = run("export", "--desk", "CMU", "--out", "a.dat")
        assert result.stdout == "Nothing new to export at CMU: no file was written.\n"
        assert result.stderr == (
            "Left out, to be entered in Alma by hand:\n"
            f"  loan {bad}, row 1: Barcode too long for Alma’s file.\n"
        )
    assert not Path("a.dat").exists()


def test_export_refuses_an_unknown_desk_unless_it_has_loans(run: Run) -> None:
    record_loan("A", desk="OLD")
    for more in ((), ("--failures",)):
        refused = run("export", "--desk", "NOPE", *more, refused=TransactionRefused)
        assert str(refused.exception) == (
            'There is no desk "NOPE" in the handbook or among the loans. '
            "Desks: ARVE, BASTIONS, CMU, MAIL, OLD."
        )
    assert run("export", "--desk", "OLD", "--out", "a.dat").stdout.startswith("1 loan from OLD")


def test_export_trial_takes_the_first_loans_of_the_only_desk(run: Run) -> None:
    for minute in range(10, 15):
        record_loan(f"I{minute}", at=f"2025-11-24T10:{minute}")
    trial = run("export", "--trial", "3", "--out", "trial.dat")
    assert trial.stderr == (
        "These loans count as exported: load this file into Alma, check them there, "
        "then export the rest.\n"
    )
    run("export", "--out", "rest.dat")
    stamps = [line(f"2025112410{m}", f"I{m}") for m in range(10, 15)]
    assert Path("trial.dat").read_bytes() == b"".join(stamps[:3])
    assert Path("rest.dat").read_bytes() == b"".join(stamps[3:])


def test_export_of_several_desks_needs_a_name_except_for_a_trial(
    run: Run,
) -> None:
    record_loan("A", at="2025-11-24T10:13")
    record_loan("B", desk="MAIL")
    assert "export: CMU (1), MAIL (1). Give --desk." in run("export", code=2).stderr
    trial = run("export", "--trial", "3", "--out", "trial.dat")
    assert trial.stdout.splitlines()[:2] == [
        "Several desks have loans to export: CMU (1), MAIL (1). The trial uses MAIL.",
        "1 loan from MAIL written to trial.dat",
    ]


def test_export_of_loans_from_another_year_needs_confirmation(run: Run, tmp_path: Path) -> None:
    old = record_loan("A", "2025-11-24T10:12")
    future = (datetime.now(UTC) + timedelta(days=400)).replace(second=0, microsecond=0)
    ahead = Loan(id=UUID(int=1), at=future, desk="CMU", patron="SLSP-000123456", item="B")
    with open_database(
        f"sqlite:///{tmp_path / 'data' / 'relais.sqlite3'}", now=lambda: future
    ) as db:
        db.journal.append(ahead)
    for more in ([], ["--trial", "2"]):
        asked = run("export", "--desk", "CMU", "--out", "a.dat", *more, code=1, yes=False)
        assert (asked.stdout, (tmp_path / "a.dat").exists()) == ("", False)
        assert asked.stderr.splitlines() == [
            f"2 loans have a time before {datetime.now(UTC).year} or in the future. "
            "Nothing was exported:",
            f"  loan {old} from 2025-11-24 10:12",
            f"  loan {ahead.id} from {local(future):%Y-%m-%d %H:%M}",
            "Check them against the paper, and check the workstation's clock. If a time is wrong, "
            "void the loan and enter it again. If all are right, export with --yes.",
        ]
    assert [row["state"] for row in json_lines(run("list", "--json"))] == ["recorded", "recorded"]
    done = run("export", "--desk", "CMU", "--out", "a.dat")
    assert done.stdout.startswith("2 loans from CMU written to a.dat")
    # Without a new loan to write, the export asks for no confirmation.
    run("export", "--desk", "CMU", yes=False)


def test_export_again_is_identical_byte_for_byte(run: Run, tmp_path: Path) -> None:
    loan = record_loan("A")
    record_loan("B", at="2025-11-24T10:13")
    first = run("export", "--desk", "CMU", "--out", "a.dat")
    export = first.stdout.splitlines()[1].removeprefix("export ")
    content = Path("a.dat").read_bytes()
    void_loan(loan)
    there = run("export", "--again", export, "--out", "a.dat")
    assert there.stdout == "2 loans from CMU are already, byte for byte, in a.dat\n"
    Path("a.dat").unlink()
    again = run("export", "--again", export, "--out", "a.dat")
    assert Path("a.dat").read_bytes() == content
    assert again.stdout == "2 loans from CMU written again to a.dat\n"
    assert again.stderr == f"loan {loan} has since been voided: return its item in Alma\n"
    assert [path.name for path in tmp_path.iterdir() if path.name != "data"] == ["a.dat"]


def test_export_again_overwrites_no_other_file(run: Run) -> None:
    record_loan("A")
    export = run("export", "--desk", "CMU", "--out", "a.dat").stdout.split()[-1]
    Path("b.dat").write_bytes(b"another desk's")
    refused = run("export", "--again", export, "--out", "b.dat", refused=FileRefused)
    assert str(refused.exception) == (
        "b.dat already exists and is a different file: give another --out. Nothing was written."
    )
    assert Path("b.dat").read_bytes() == b"another desk's"


def test_export_writes_a_cart_return_first_or_omits_the_loan(run: Run) -> None:
    back = f"202511241000R{'A':<80}\r\n".encode()
    Path("cart.dat").write_bytes(back)
    run("import", "cart.dat", "--desk", "CMU")
    loan = record_loan("A")
    confirm_loans(loan)
    record_loan("B", at="2025-11-24T10:13")
    both = run("export", "--desk", "CMU", "--returns-first", "--out", "a.dat")
    assert both.stdout.splitlines()[2] == (
        "Returns from the cart, each written before the loan that followed: 1."
    )
    content = back + line("202511241012", "A") + line("202511241013", "B")
    assert Path("a.dat").read_bytes() == content
    export = both.stdout.splitlines()[1].removeprefix("export ")
    run("export", "--again", export, "--out", "again.dat")
    assert Path("again.dat").read_bytes() == content
    refused = run("export", "--again", export, "--hand-on", "--out", "b.dat", code=2)
    assert (
        "An earlier file is written as it was: omit --returns-first and --hand-on."
        in refused.stderr
    )

    Path("cart.dat").write_bytes(back.replace(b"RA", b"RC"))
    run("import", "cart.dat", "--desk", "CMU")
    loan = record_loan("C")
    confirm_loans(loan)
    out = run("export", "--desk", "CMU", "--hand-on", code=3)
    assert out.stdout == "Nothing new to export at CMU: no file was written.\n"
    assert out.stderr.splitlines() == [
        "Left out, to be entered in Alma by hand:",
        f"  loan {loan}: lent again from the cart",
    ]


def test_export_names_the_desk_whose_file_goes_first(
    run: Run,
) -> None:
    record_loan("A", desk="MAIL", at="2025-11-24T09:00")
    Path("cart.dat").write_bytes(f"202511241000R{'A':<80}\r\n".encode())
    run("import", "cart.dat", "--desk", "CMU")
    confirm_loans(record_loan("A", patron="B-77"))
    done = run("export", "--desk", "CMU", "--returns-first")
    assert done.stderr == "Before this file, upload those from MAIL, if you have not yet.\n"


def test_export_lists_loans_from_the_cart_by_default(run: Run) -> None:
    Path("cart.dat").write_bytes(f"202511241000R{'A':<80}\r\n".encode())
    run("import", "cart.dat", "--desk", "CMU")
    confirm_loans(record_loan("A"))
    assert run("export", "--desk", "CMU").stderr.startswith(
        "Loans made from the cart: 1. The items' returns are not in Alma, which refuses "
    )


def test_export_again_refuses_an_unknown_id(run: Run) -> None:
    record_loan("A")
    refused = run("export", "--again", "x.dat", refused=OfflineFileError)
    assert str(refused.exception) == "'x.dat' is not an export."


def test_export_refuses_an_existing_file_before_recording(run: Run) -> None:
    record_loan("A")
    Path("yesterday.dat").write_text("kept")
    refused = run("export", "--desk", "CMU", "--out", "yesterday.dat", refused=FileRefused)
    assert str(refused.exception) == (
        "yesterday.dat already exists: give another --out. Nothing was exported."
    )
    refused = run("export", "--desk", "CMU", "--out", "no/a.dat", refused=FileRefused)
    assert str(refused.exception) == "There is no folder no: create it, or give another --out."
    long = "x" * 300
    refused = run("export", "--desk", "CMU", "--out", long, refused=FileRefused)
    assert str(refused.exception) == (
        f"No file can be written at {long} (File name too long): "
        "give another --out. Nothing was exported."
    )
    assert Path("yesterday.dat").read_text() == "kept"
    assert [row["state"] for row in json_lines(run("list", "--json"))] == ["recorded"]


def test_export_names_the_file_by_default(run: Run, tmp_path: Path) -> None:
    record_loan("A")
    run("export", "--desk", "CMU")
    record_loan("B")
    run("export", "--desk", "CMU")
    names = sorted(path.name[:33] for path in tmp_path.glob("*.dat"))
    assert names == ["CMU_20251124T1012_20251124T1012_1"[:33]] * 2


def test_summary_json_has_one_object_per_day_and_desk(run: Run) -> None:
    record_loan("A")
    record_loan("B", at="2025-11-24T11:00")
    void_loan(record_loan("C"))
    expected = {
        "desk": "CMU",
        "day": "2025-11-24",
        "loans": 2,
        "voids": 1,
        "patrons": 1,
        "items": 2,
        "first": "2025-11-24T10:12:00+01:00",
        "last": "2025-11-24T11:00:00+01:00",
        "exported": False,
        "to_check": 0,
        "on_the_way": 2,
        "to_settle": 0,
        "in_alma": 0,
        "settled_by_hand": 0,
        "cancelled": 1,
    }
    assert json_lines(run("summary", "--json")) == [expected]
    run("export", "--desk", "CMU")
    assert json_lines(run("summary", "--json")) == [{**expected, "exported": True}]
    assert [line.split() for line in run("summary").stdout.splitlines()] == [
        ["day", "desk", "loans", "voids", "patrons", "items", "first", "last", "exported"],
        ["2025-11-24", "CMU", "2", "1", "1", "2", "10:12", "11:00", "yes"],
    ]


def test_summary_is_written_as_csv(run: Run) -> None:
    record_loan("A")
    assert run("summary", "--csv", "sum.csv").stdout == ""
    assert Path("sum.csv").read_bytes().decode("utf-8-sig") == (
        "desk,day,loans,voids,patrons,items,first,last,exported\r\n"
        "CMU,2025-11-24,1,0,1,1,2025-11-24T10:12:00+01:00,2025-11-24T10:12:00+01:00,no\r\n"
    )


def test_summary_that_cannot_be_written_is_reported(run: Run, tmp_path: Path) -> None:
    record_loan("A")
    refused = run("summary", "--csv", "no/days.csv", refused=FileRefused)
    assert str(refused.exception) == (
        "no/days.csv cannot be written (No such file or directory): give another file."
    )
    refused = run("summary", "--csv", str(tmp_path), refused=FileRefused)
    assert str(refused.exception) == (
        f"{tmp_path} cannot be written (Is a directory): give another file."
    )


def test_list_is_filtered(run: Run) -> None:
    record_loan("A")
    record_loan("B", desk="MAIL", at="2025-11-25T08:00")
    for words in (("--desk", "MAIL"), ("--day", "2025-11-25"), ("--item", "B")):
        assert [row["item"] for row in json_lines(run("list", "--json", *words))] == ["B"]
    assert json_lines(run("list", "--json", "--state", "void")) == []


def test_list_follows_the_reconciliation(run: Run, tmp_path: Path) -> None:
    """The report confirms A; B is refused and corrected; C is settled by hand; D is still open."""
    loans = [UUID(record_loan(item)) for item in "ABCD"]
    at = datetime(2025, 11, 24, 12, tzinfo=UTC)
    url = f"sqlite:///{tmp_path / 'data' / 'relais.sqlite3'}"
    with open_database(url, now=lambda: at) as database:
        database.journal.append(
            make.export(20, *loans[:3], at=at, desk="CMU", name="cmu.dat"),
            make.report(
                21,
                UUID(int=20),
                (loans[1], "item_not_found"),
                (loans[2], "blocked"),
                at=at,
                succeeded=1,
                failed=2,
            ),
            Corrected(id=UUID(int=22), at=at, loan=loans[1], item="B2", patron="2071"),
            SettledByHand(id=UUID(int=23), at=at, loan=loans[2], how="lent there", operator="LM"),
        )

    def listed(*words: str) -> list[tuple[str, str, str]]:
        rows = json_lines(run("list", "--json", *words))
        return [(row["item"], row["state"], row["stage"]) for row in rows]

    confirmed, refused = ("A", "confirmed", "in_alma"), ("B2", "refused", "to_settle")
    settled, waits = ("C", "resolved", "settled_by_hand"), ("D", "recorded", "on_the_way")
    assert listed() == [confirmed, refused, settled, waits]
    assert listed("--state", "exported") == [confirmed, refused, settled]
    assert listed("--state", "refused") == [refused]
    assert (
        listed("--item", "B") == listed("--item", "B2") == listed("--patron", "2071") == [refused]
    )
    assert "B2                  refused" in run("list").stdout


def test_layout_is_read_from_a_file_of_the_utility(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = f"202511241012L{'A':<84}P\n".encode()
    Path("OffCirc.dat").write_bytes(theirs)
    shown = run("layout", "OffCirc.dat", code=1).stdout.splitlines()
    assert shown[1] == "  item_width: here 80, in the file 84"
    assert shown[-1] == "  RELAIS_OFFLINE_LAYOUT='item_width=84 line_end=lf'"
    monkeypatch.setenv("RELAIS_OFFLINE_LAYOUT", "item_width=84 line_end=lf")
    assert run("layout", "OffCirc.dat").stdout == (
        "OffCirc.dat has the layout that Relais writes.\n"
    )
    record_loan("A", patron="P")
    run("export", "--desk", "CMU", "--out", "ours.dat")
    assert Path("ours.dat").read_bytes() == theirs

"""An import distinguishes new rows from known rows, and never records a row twice."""

import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given, strategies as st

from dashboard.settings import PACKAGED_HANDBOOK
from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.imports.conflicts import Conflict
from procedure.circulation.imports.file import read_file, read_json_lines
from procedure.circulation.imports.plan import KINDS, ImportPlan, import_sheet, plan_import
from procedure.circulation.imports.row import ImportSheet, UnreadableLine, fingerprint
from procedure.circulation.list_advice import ListAdvice, Reason
from procedure.circulation.pending_loans import loan_id
from procedure.circulation.transactions import Loan
from procedure.io.handbook_files import load_handbook
from procedure.reconciliation.offline_file_export import plan_export
from tests.support import make
from tests.support.memory import BusyJournal, MemoryJournal, MemoryNotes

NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def line(minute: int, item: str, patron: str = "2071234567") -> str:
    kind = "L" if patron else "R"
    return f"2026112409{minute:02}{kind}{item:<80}{patron}\r\n"


class Library:
    def __init__(self) -> None:
        self.journal = MemoryJournal(lambda: NOW)
        self.notes = MemoryNotes()

    def take(
        self, *lines: str, desk: str = "MAIL", keep_good: bool = False
    ) -> tuple[int, int, int]:
        """Import lines as one file; return the numbers of imported, known and bad rows."""
        plan, taken = self.plan("".join(lines), desk, keep_good=keep_good)
        return len(plan.entries) if taken else 0, plan.known, len(plan.bad)

    def plan(
        self, text: str, desk: str = "MAIL", *, keep_good: bool = False
    ) -> tuple[ImportPlan, bool]:
        known = CirculationLog()
        return import_sheet(
            self.journal,
            known,
            read_file(text.encode(), "a.dat" if "{" not in text else ""),
            desk=desk,
            now=NOW,
            write_note=self.notes.write,
            keep_good=keep_good,
        )

    def entries(self) -> list[object]:
        return [entry.entry for entry in self.journal.since(kinds=KINDS)]


def test_plan_import_records_rows_under_their_fingerprints_in_line_order() -> None:
    library = Library()
    assert library.take(line(12, "0312"), line(12, "0313", "")) == (2, 0, 0)
    at = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
    assert library.entries() == [
        make.loan(
            fingerprint(("loan", "202611240912", "0312", "2071234567"), 1),
            "0312",
            at=at,
            sequence=1,
        ),
        make.back(
            fingerprint(("return", "202611240912", "0313", ""), 1), "0313", at=at, sequence=2
        ),
    ]


def test_plan_import_records_rows_of_overlapping_files_once() -> None:
    library = Library()
    yesterday = [line(1, "a"), line(2, "b"), line(2, "c", "")]
    assert library.take(*yesterday) == (3, 0, 0)
    assert library.take(*yesterday) == (0, 3, 0)
    assert library.take(*yesterday, line(9, "d")) == (1, 3, 0)
    assert library.take(line(2, "b"), line(9, "d"), line(10, "e"), desk="CMU") == (1, 2, 0)
    assert len(library.entries()) == 5


def test_plan_import_records_equal_rows_of_one_file_separately() -> None:
    library = Library()
    assert library.take(line(1, "a"), line(1, "a")) == (2, 0, 0)
    assert library.take(line(1, "a"), line(1, "a")) == (0, 2, 0)
    assert library.take(line(1, "a"), line(1, "a"), line(1, "a")) == (1, 2, 0)


def test_plan_import_changes_nothing_for_a_file_with_a_bad_line() -> None:
    library = Library()
    assert library.take(line(1, "a"), "rubbish\r\n") == (0, 0, 1)
    assert library.entries() == []
    assert library.take(line(1, "a"), "rubbish\r\n", keep_good=True) == (1, 0, 1)
    assert library.take(line(1, "a"), "rubbish\r\n", keep_good=True) == (0, 1, 1)


def test_plan_import_reports_a_scan_that_cannot_be_recorded() -> None:
    plan, taken = Library().plan(line(1, "a\x07b"))
    assert (plan.bad, taken) == (
        (UnreadableLine(1, "The item barcode contains an invisible character: scan it again."),),
        False,
    )


def test_plan_import_recognises_a_file_that_the_log_exported() -> None:
    library = Library()
    instants = [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, 40, tzinfo=UTC),  # the repeated local minute
        datetime(2026, 11, 24, 8, 12, 59, tzinfo=UTC),
    ]
    library.journal.append(*(make.loan(uuid4(), "0312", at=at) for at in instants))
    content = plan_export(CirculationLog(library.journal.since()), "MAIL").rendered.content.decode()
    assert library.take(content) == (0, 3, 0)
    # This file has only the second row, whose local time occurs twice: either hour may be meant.
    assert library.take(content.splitlines(keepends=True)[1]) == (0, 1, 0)


def test_plan_import_keeps_the_ids_of_the_desk_page_and_finds_voided_loans() -> None:
    library = Library()
    loan, void = uuid4(), uuid4()
    library.take(line(12, "0312"))
    text = (
        f'{{"id": "{loan}", "at": "2026-11-24T08:12:40Z", "item": "0312", "patron": "2071234567"}}\n'
        f'{{"id": "{void}", "kind": "void", "at": "2026-11-24T08:13:00Z", "loan": "{loan}", '
        '"reason": "wrong  card"}\n'
    )
    assert library.take(text) == (1, 1, 0)
    first = library.entries()[0]
    assert isinstance(first, Loan)
    # The void gets an id of its own, and voids the entry already recorded for the loan.
    own = fingerprint(("void", "202611240913", str(first.id), ""), 1)
    assert library.entries()[1:] == [
        make.void(own, first.id, "wrong card", at=datetime(2026, 11, 24, 8, 13, tzinfo=UTC))
    ]
    assert library.take(text) == (0, 2, 0)
    assert library.take(line(12, "0312")) == (0, 1, 0)


def test_plan_import_reports_a_void_of_an_unknown_loan() -> None:
    text = f'{{"kind": "void", "at": "2026-11-24T08:13:00Z", "loan": "{uuid4()}", "reason": "x"}}'
    plan, _ = Library().plan(text)
    assert plan.bad == (UnreadableLine(1, "voids a loan that is not known here"),)


def test_plan_import_reports_conflicts_of_the_file_without_changing_counts() -> None:
    library = Library()
    library.take(line(1, "old", "1"), line(2, "old", "2"), line(3, "a", "3"))
    plan, taken = library.plan(line(20, "a", "4") + line(21, "a", ""), "CMU")
    assert (len(plan.entries), plan.known, taken) == (2, 0, True)
    ids: dict[str, UUID] = {
        "first": library.entries()[2].id,
        **{str(number): entry.id for number, entry in enumerate(plan.entries)},
    }
    assert plan.conflicts == (
        Conflict("lent_twice", (ids["first"], ids["0"]), "a", ("MAIL", "CMU")),
        Conflict("lent_and_on_cart", (ids["first"], ids["0"], ids["1"]), "a", ("MAIL", "CMU")),
    )


def test_plan_import_recognises_a_row_recorded_meanwhile() -> None:
    at = datetime(2026, 11, 24, 8, 1, 7, tzinfo=UTC)
    library = Library()
    library.journal = BusyJournal(lambda: NOW, [make.loan(uuid4(), "a", at=at, desk="CMU")])
    assert library.take(line(1, "a"), line(2, "b")) == (1, 1, 0)
    assert len(library.entries()) == 2


ROWS = st.lists(
    st.builds(line, st.integers(0, 3), st.sampled_from("ab"), st.sampled_from(["1", "2", ""])),
    max_size=8,
)


@given(ROWS, st.integers(0, 8), st.lists(st.integers(0, 2), max_size=4))
def test_plan_import_records_every_row_once_in_any_order_of_files(
    rows: list[str], cut: int, order: list[int]
) -> None:
    """Importing a file, its first part and a copy has the same effect as importing it once."""
    library = Library()
    copies = [rows, rows[:cut], list(rows)]
    for copy in [copies[number] for number in order] + [rows]:
        if copy:
            library.take(*copy)
    once = Library()
    if rows:
        once.take(*rows)
    assert {entry.id for entry in library.entries()} == {entry.id for entry in once.entries()}


def test_plan_import_reads_only_the_given_log() -> None:
    plan = plan_import(CirculationLog(), ImportSheet((), ()), desk="MAIL", now=NOW)
    assert plan == ImportPlan((), 0, (), (), {}, 0)


def saved(kind: str, number: int, **more: object) -> str:
    message = {"kind": kind, "id": str(UUID(int=number)), "at": "2026-11-24T10:00:00+01:00"}
    return json.dumps(message | {"desk": "MAIL", "sequence": number} | more) + "\n"


def test_plan_import_keeps_device_time_and_confirmations_of_a_saved_outbox() -> None:
    library = Library()
    clock = {"made_at": "2026-11-24T08:53:00Z", "skew_s": 420.0}
    scan = saved("loan", 1, item="0312", patron="2071234567", overridden=True, **clock)
    assert library.take(scan, saved("return", 2, item="0313", cart="2", **clock)) == (2, 0, 0)
    at, made = datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2026, 11, 24, 8, 53, tzinfo=UTC)
    assert library.entries() == [
        make.loan(1, "0312", at=at, sequence=1, made_at=made, skew_s=420.0, overridden=True),
        make.back(2, "0313", at=at, sequence=2, cart="2", made_at=made, skew_s=420.0),
    ]


def test_plan_import_of_a_saved_outbox_completes_pending_loans() -> None:
    library = Library()
    waits = [saved("waiting", n, item=f"03{n}", note="Mme Rochat") for n in (1, 2, 3)]
    done = saved("complete", 4, waiting=str(UUID(int=1)), patron="2071234567")
    undone = saved("void", 5, loan=str(UUID(int=2)), reason="erreur")
    assert library.take(*waits, done, undone) == (5, 0, 0)
    assert library.take(*waits, done, undone) == (0, 5, 0)
    assert library.notes.read() == {UUID(int=2): "Mme Rochat", UUID(int=3): "Mme Rochat"}
    log = CirculationLog(library.journal.since())
    assert [(row.loan.id, row.loan.patron) for row in log.rows()] == [
        (loan_id(UUID(int=1)), "2071234567")
    ]
    assert [loan.id for loan in log.pending()] == [UUID(int=3)]
    other = saved("complete", 6, waiting=str(UUID(int=1)), patron="3071234567")
    late = saved("complete", 7, waiting=str(UUID(int=2)), patron="3071234567")
    long = saved("waiting", 8, item="0399", note="n" * 81)
    plan, taken = library.plan(other + late + long)
    assert (plan.entries, taken) == ((), False)
    assert plan.bad == (
        UnreadableLine(1, "was completed with another card"),
        UnreadableLine(2, "This loan is no longer pending."),
        UnreadableLine(3, "Say in at most 80 characters who has the book."),
    )


def test_plan_import_of_a_saved_undo_voids_only_its_own_completion() -> None:
    """The loan becomes pending again only if its own completion was undone."""
    library = Library()
    waits = saved("waiting", 1, item="031", note="Mme Rochat")
    library.take(waits, saved("complete", 2, waiting=str(UUID(int=1)), patron="2071234567"))
    made = {"loan": str(loan_id(UUID(int=1)))}

    def undo(number: int, patron: str) -> str:
        void = saved("void", number, reason="erreur", patron=patron, **made)
        anew = saved("waiting", number + 1, item="031", note="Mme R.", patron=patron, **made)
        return void + anew

    plan, _ = library.plan(undo(3, "3071234567"))
    assert plan.entries == ()
    assert plan.bad == tuple(UnreadableLine(n, "was completed with another card") for n in (1, 2))
    assert library.take(undo(5, "2071234567")) == (2, 0, 0)
    assert library.take(undo(5, "2071234567")) == (0, 2, 0)
    assert [loan.id for loan in CirculationLog(library.journal.since()).pending()] == [UUID(int=6)]


def test_plan_import_of_a_completed_pending_loan_leaves_a_loan_without_a_note() -> None:
    library = Library()
    waits = [saved("waiting", n, item=f"03{n}") for n in (1, 2)]
    done = saved("complete", 3, waiting=str(UUID(int=1)), patron="2071234567")
    assert library.take(*waits, done) == (3, 0, 0)
    log = CirculationLog(library.journal.since())
    assert [(row.loan.item, row.loan.patron) for row in log.rows()] == [("031", "2071234567")]
    assert ([loan.id for loan in log.pending()], library.notes.read()) == ([UUID(int=2)], {})


def test_plan_import_records_both_readings_of_a_saved_outbox() -> None:
    library = Library()
    twice = [saved("loan", n, item="0312", patron="2071234567") for n in (1, 2)]
    plan, _ = library.plan("".join(twice))
    assert (len(plan.entries), plan.conflicts) == (2, ())
    again = saved("loan", 3, item="0312", patron="2071234567", at="2026-11-24T10:02:01+01:00")
    plan, _ = library.plan(again)
    assert [conflict.kind for conflict in plan.conflicts] == ["lent_twice"]
    assert [row.is_valid for row in CirculationLog(library.journal.since()).rows()] == [
        True,
        False,
        True,
    ]


def test_plan_import_flags_doubtful_scans() -> None:
    rules = load_handbook(PACKAGED_HANDBOOK).scans
    sheet = read_file(saved("loan", 1, item="9782070360024", patron="2071234567").encode())
    plan = plan_import(CirculationLog(), sheet, desk="MAIL", now=NOW, rules=rules)
    assert [entry.warning for entry in plan.entries if isinstance(entry, Loan)] == ["isbn"]


def test_plan_import_flags_swapped_item_and_card_by_line() -> None:
    rules = load_handbook(PACKAGED_HANDBOOK).scans
    pairs = [("1060348820", "2071234567"), ("2071234567", "1060348821"), ("03", "1060348822")]
    content = "".join(f"202611240912L{item:<80}{patron}\r\n" for item, patron in pairs)
    plan = plan_import(
        CirculationLog(), read_file(content.encode()), desk="MAIL", now=NOW, rules=rules
    )
    assert [(row.line, doubt) for row, doubt in plan.doubts] == [(2, "swapped"), (3, "partial")]
    assert plan.bad == ()


SAVED = {
    "kind": "loan",
    "id": str(UUID(int=1)),
    "at": "2026-11-24T09:00:00Z",
    "made_at": "2026-11-24T08:50:00Z",
    "desk": "MAIL",
    "patron": "2071234567",
    "item": "0312",
}


def outbox_file(*rows: dict[str, str]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.mark.parametrize("one_file", [True, False])
@pytest.mark.parametrize(
    "change",
    [
        {"desk": "CMU"},
        {"patron": "2079999999"},
        {"item": "0313"},
        {"made_at": "2026-11-24T08:00:00Z"},
        {"kind": "return"},
        {"kind": "void", "loan": str(UUID(int=2)), "reason": "essai"},
    ],
)
def test_plan_import_reports_an_id_with_other_content(
    change: dict[str, str], one_file: bool
) -> None:
    library = Library()
    other = SAVED | change
    if one_file:
        plan, taken = library.plan(outbox_file(SAVED, other))
    else:
        library.plan(outbox_file(SAVED))
        plan, taken = library.plan(outbox_file(other))
    desks = ("MAIL", "CMU") if "desk" in change else ("MAIL",)
    conflict = Conflict("other_content", (UUID(int=1),), other["item"], desks)
    assert (taken, plan.known, plan.bad, plan.conflicts[0]) == (True, 0, (), conflict)
    assert plan.rows[UUID(int=1)].line == (2 if one_file else 1)
    assert [entry.item for entry in library.entries()] == ["0312"]


@pytest.mark.parametrize(
    "change",
    [
        {"at": "2026-11-24T09:03:00Z", "skew_s": "780"},
        {"at": "2026-11-24T08:50:00Z"},
        {"made_at": ""},  # as written by `relais loans list --json`
        {"at": "2026-11-24 10:00", "made_at": ""},  # as stored by a spreadsheet
        {"desk": ""},
    ],
)
def test_plan_import_recognises_an_id_with_a_better_clock(change: dict[str, str]) -> None:
    library = Library()
    library.plan(outbox_file(SAVED))
    plan, _ = library.plan(outbox_file(SAVED | change))
    assert (plan.entries, plan.known, plan.bad) == ((), 1, ())
    assert "other_content" not in {conflict.kind for conflict in plan.conflicts}


def test_plan_import_of_a_desk_file_admits_no_hidden_characters() -> None:
    library = Library()
    note = "Mme\n\u202eRochat\u200b "
    waits = saved("waiting", 1, item="0312", note=note, workstation="caisse\n\u202e3")
    void = saved("void", 2, loan=str(UUID(int=1)), reason="erreur\r\n\u2066faux")
    assert library.take(waits, void) == (2, 0, 0)
    waiting, taken_back = library.entries()
    assert (waiting.workstation, taken_back.reason) == ("caisse 3", "erreur faux")  # type: ignore[attr-defined]
    assert library.notes.read() == {UUID(int=1): "Mme Rochat"}
    plan, taken = library.plan(saved("void", 3, loan=str(UUID(int=1)), reason="x", item="0\n1"))
    assert (taken, plan.bad) == (
        False,
        (UnreadableLine(1, "has an invisible character in a code"),),
    )


def test_plan_import_of_a_desk_file_refuses_a_year_outside_the_outage() -> None:
    library = Library()
    loans = [
        saved("loan", year, item="0312", patron="2071234567", at=f"{year}-11-24T09:00:00Z")
        for year in (1970, 2025, 2026, 2027)
    ]
    plan, _ = library.plan("".join(loans), keep_good=True)
    assert [bad.line for bad in plan.bad] == [1, 2, 4]
    assert {bad.reason for bad in plan.bad} == {"has a time outside the years of the outage"}
    assert [entry.at.year for entry in library.entries()] == [2026]  # type: ignore[attr-defined]


def test_plan_import_keeps_advice_shown_by_a_browser_and_asks_about_it() -> None:
    told = '"told": [{"reason": "item_not_for_loan", "as_of": "2026-11-24T01:10:00Z"}]'
    line = '{"id": "%s", "at": "2026-11-24T09:00:00Z", "item": "I%d", "patron": "P1", %s}\n'
    kept = ["", f"{told}, ", f'{told}, "overridden": true, ', '"told": "none", ']
    lines = [line % (UUID(int=n), n, f'{more}"desk": "CMU"') for n, more in enumerate(kept, 1)]
    sheet = read_json_lines("".join(lines).encode())
    plan = plan_import(CirculationLog(), sheet, desk="CMU", now=NOW)
    advice = ListAdvice(Reason.ITEM_NOT_FOR_LOAN, datetime(2026, 11, 24, 1, 10, tzinfo=UTC))
    asked = "item_not_for_loan"
    loans = [entry for entry in plan.entries if isinstance(entry, Loan)]
    assert [(loan.told, loan.warning, loan.overridden) for loan in loans] == [
        ((), None, False),
        ((advice,), asked, False),
        ((advice,), asked, True),
        ((), None, False),
    ]

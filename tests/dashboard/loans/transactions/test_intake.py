"""The intake of workstations' transactions, without HTTP."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import example, given, strategies as st

from dashboard.core.context import AppContext
from dashboard.core.visitor import Visitor
from dashboard.loans.transactions.message import read_transaction
from dashboard.settings import PACKAGED_HANDBOOK
from procedure.circulation.transactions import Loan, Void
from procedure.errors import JournalGone, JournalUnwritable, TransactionRefused
from procedure.handbook.model import Handbook
from procedure.io.handbook_files import load_handbook
from procedure.io.spool.spool import Spool
from tests.support import make
from tests.support.clock import NOON, Clock
from tests.support.context import make_context, with_store
from tests.support.intake import Desk, answer
from tests.support.memory import MemoryJournal, MemoryNotes


def instant(**ago: float) -> str:
    return (NOON - timedelta(**ago)).isoformat()


def scan(number: int, item: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": "loan",
        "id": str(UUID(int=number)),
        "at": instant(),
        "made_at": instant(),
        "skew_s": 0.0,
        "desk": "MAIL",
        "workstation": "poste-1",
        "patron": "SLSP204518377",
        "item": item,
        "sequence": number,
        "warning": None,
    } | more


def undo(number: int, loan: int, **more: Any) -> dict[str, Any]:
    void = {"kind": "void", "loan": str(UUID(int=loan)), "reason": "lu deux fois"}
    return scan(number, "") | void | more


def test_take_records_a_scan_at_its_own_time_unchanged(desk: Desk) -> None:
    assert desk.take_one(scan(1, "0003-abC", at=instant(seconds=4))) == answer(
        1, warning="small_letters"
    )
    assert desk.entries == [
        make.loan(
            1,
            "0003-abC",
            "SLSP204518377",
            at=NOON - timedelta(seconds=4),
            workstation="poste-1",
            sequence=1,
            warning="small_letters",
            made_at=NOON,
            skew_s=0.0,
        )
    ]


@pytest.mark.parametrize(
    ("more", "at", "made_at"),
    [
        ({"at": instant(minutes=3), "made_at": instant(minutes=10), "skew_s": 420}, 3, 10),
        ({"at": instant(minutes=3), "made_at": instant(minutes=3, seconds=0.4)}, 3, None),
        ({"at": instant(minutes=-2), "made_at": instant(minutes=-2)}, 0, -2),
        ({"at": instant(minutes=60 * 24 * 60)}, 60 * 24 * 31, 0),
    ],
)
def test_take_corrects_the_time_and_keeps_the_device_time(
    desk: Desk, more: dict[str, Any], at: float, made_at: float | None
) -> None:
    desk.take_one(scan(1, "A1111", **more))
    (loan,) = desk.entries
    assert loan.at == NOON - timedelta(minutes=at)
    assert loan.made_at == (None if made_at is None else NOON - timedelta(minutes=made_at))
    assert loan.skew_s == more.get("skew_s", 0.0)


def test_take_without_a_device_clock_keeps_the_time(desk: Desk) -> None:
    bare = {
        key: value for key, value in scan(1, "A1111").items() if key not in {"made_at", "skew_s"}
    }
    assert desk.take_one(bare) == answer(1)
    assert [(entry.at, entry.made_at, entry.skew_s) for entry in desk.entries] == [
        (NOON, None, None)
    ]


def test_take_records_a_batch_whole_and_in_order(desk: Desk) -> None:
    batch = [scan(1, "A1111"), scan(2, "B2111", desk="NOWHERE"), undo(3, 1), scan(4, "C3111")]
    assert desk.begin(*batch).result(0) == [
        answer(1),
        answer(2, "refused", reason="desk_unknown"),
        answer(3),
        answer(4),
    ]
    assert [entry.id.int for entry in desk.entries] == [1, 3, 4]


def test_take_records_the_same_id_once_and_answers_again(desk: Desk) -> None:
    answers = [desk.take_one(scan(1, "A1111")) for _ in range(3)]
    assert answers == [answer(1)] * 3
    assert len(desk.entries) == 1


def standing(context: AppContext) -> list[int]:
    context.folds.update()
    return [row.loan.id.int for row in context.folds.loan_log.rows() if row.is_valid]


def test_take_keeps_a_second_reading_but_counts_it_once(desk: Desk) -> None:
    desk.take_one(scan(1, "A1111"))
    assert [desk.take_one(scan(2, "A1111")) for _ in range(2)] == [
        answer(2, "repeated", warning="repeated")
    ] * 2
    assert [entry.id.int for entry in desk.entries] == [1, 2]
    assert standing(desk.context) == [1]
    desk.take_one(undo(3, 1))
    assert standing(desk.context) == [2]


def test_take_marks_second_readings_within_one_message(desk: Desk) -> None:
    batch = [scan(1, "A1111"), scan(2, "A1111"), undo(3, 1), scan(4, "A1111"), scan(5, "B2111")]
    repeated = {"state": "repeated", "warning": "repeated"}
    answers = desk.begin(*batch, scan(1, "A1111")).result(0)
    assert answers[:5] == [
        answer(1),
        answer(2, **repeated),
        answer(3),
        answer(4, **repeated),
        answer(5),
    ]
    assert standing(desk.context) == [2, 5]


@pytest.mark.parametrize("more", [{"item": " A1111\r\n"}, {"patron": "\tSLSP204518377 "}])
def test_take_recognises_a_second_reading_despite_blanks(desk: Desk, more: dict[str, Any]) -> None:
    """The second reading is a repeat, not a renewal, whether or not the first has been recorded."""
    first, second = scan(1, "A1111"), scan(2, "A1111") | more
    repeated = [answer(1), answer(2, state="repeated", warning="repeated")]
    assert desk.begin(first, second).result(0) == repeated
    assert desk.begin(scan(3, "A1111") | more).result(0) == [
        answer(3, state="repeated", warning="repeated")
    ]
    assert standing(desk.context) == [1]


def test_take_records_a_loan_again_beside_its_void(desk: Desk) -> None:
    desk.take_one(scan(1, "A1111"))
    anew = scan(3, "A1111", overridden=True)
    assert desk.begin(undo(2, 1), anew).result(0) == [answer(2), answer(3)]
    assert standing(desk.context) == [3]


@pytest.mark.parametrize(("between", "warning"), [((), "other_patron"), (((undo, 2, 1),), None)])
def test_take_doubts_a_loan_by_earlier_ones_in_its_batch(
    desk: Desk, between: Any, warning: str | None
) -> None:
    """A workstation that was cut off sends all its transactions at once."""
    other = scan(3, "A1111", patron="2071234567")
    batch = [scan(1, "A1111"), *(make(*ids) for make, *ids in between), other]
    for _ in range(2):  # the same batch gets the same answer
        assert desk.begin(*batch).result(0)[-1] == answer(3, warning=warning)
    assert desk.entries[-1].warning == warning


@pytest.mark.parametrize(
    ("more", "warning"),
    [
        ({"patron": "2071234567"}, "other_patron"),
        ({"item": "2071234567"}, "looks_like_patron"),
        ({"item": "SLSP204518377"}, "looks_like_patron"),
        ({"item": "B2111", "patron": "12-345-678"}, "matriculation"),
        ({"item": "B2111", "patron": "XYZ12"}, "unknown_card"),
        ({"item": "B2"}, "partial"),
        ({"item": "9782070360024"}, "isbn"),
        ({"item": "SLSP204518377SLSP204518377"}, "glued"),
        ({"patron": "B2111", "item": "SLSP204518377"}, "swapped"),
        ({"item": "é1"}, "item_not_ascii"),
        ({"item": "B2111", "warning": "believe me"}, None),
    ],
)
def test_take_records_a_doubtful_scan_with_a_warning(
    desk: Desk, more: dict[str, Any], warning: str | None
) -> None:
    desk.take_one(scan(1, "A1111"))
    assert desk.take_one(scan(2, "A1111") | more) == answer(2, warning=warning)
    assert [entry.warning for entry in desk.entries] == [None, warning]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"desk": ""}, "desk_unknown"),
        ({"desk": "NOWHERE"}, "desk_unknown"),
        ({"patron": " "}, "patron_missing"),
        ({"item": "A\x001"}, "item_unreadable"),
        ({"item": "9" * 256}, "item_absurd"),
        ({"item": 12}, "malformed"),
        ({"item": None}, "malformed"),
        ({"id": "not an id"}, "malformed"),
        ({"kind": "gift"}, "malformed"),
        ({"kind": ["loan"]}, "malformed"),
        ({"sequence": -1}, "malformed"),
        ({"sequence": True}, "malformed"),
        ({"at": "soon"}, "malformed"),
        ({"at": "2026-11-24T12:00:00"}, "malformed"),
        ({"at": 12.5}, "malformed"),
        ({"made_at": "9999999-01-01"}, "malformed"),
        ({"skew_s": float("nan")}, "malformed"),
        ({"skew_s": True}, "malformed"),
        ({"patron": "9" * 1001}, "malformed"),
        ({"overridden": "yes"}, "malformed"),
    ],
)
def test_take_refuses_with_a_reason(desk: Desk, more: dict[str, Any], reason: str) -> None:
    message = scan(1, "A1111") | more
    assert desk.take_one(message) == {
        "id": message["id"],
        "state": "refused",
        "warning": None,
        "reason": reason,
    }
    assert desk.entries == []


def test_take_refusal_has_no_identifier() -> None:
    message = scan(1, "A1111", patron="SECRET-PATRON", id="SECRET-ID")
    with pytest.raises(TransactionRefused) as refused:
        read_transaction(message, now=NOON, person=Visitor())
    assert "SECRET" not in f"{refused.value} {refused.value.__cause__}"
    assert refused.value.__suppress_context__


class SlowJournal(MemoryJournal):
    """A journal on a slow disk: each entry waits until the test releases it."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(now)
        self.queue: list[tuple[Any, Future[Any]]] = []

    def submit(self, *entries: Any, unless_newer: Any = None) -> Future[Any]:
        future: Future[Any] = Future()
        self.queue.append((entries, future))
        return future

    def let_go(self, fault: Exception | None = None) -> None:
        for entries, future in self.queue:
            if fault:
                future.set_exception(fault)
            else:
                future.set_result(self.append(*entries))
        self.queue.clear()


@pytest.fixture
def slow(context: AppContext) -> Desk:
    return Desk(with_store(context, journal=SlowJournal(context.clock.now)))


def test_take_acknowledges_nothing_before_the_commit(slow: Desk) -> None:
    reply = slow.begin(scan(1, "A1111"))
    assert not reply.done()
    slow.context.store.journal.let_go()
    assert reply.result(0) == [answer(1)]


def test_take_on_a_full_disk_acknowledges_nothing(slow: Desk) -> None:
    reply = slow.begin(scan(1, "A1111"))
    slow.context.store.journal.let_go(JournalUnwritable("disk full"))
    assert reply.result(0) == [answer(1, "waiting", reason="unwritable")]
    again = slow.begin(scan(1, "A1111"))
    slow.context.store.journal.let_go()
    assert again.result(0) == [answer(1)]
    assert len(slow.entries) == 1


def test_take_without_the_database_acknowledges_nothing(desk: Desk) -> None:
    assert desk.take_one(scan(1, "A1111")) == answer(1)
    desk.context.store.fault = JournalGone("moved")
    waiting = [answer(n, "waiting", reason="unwritable") for n in (1, 2)]
    assert desk.begin(scan(1, "A1111"), scan(2, "A2222")).result(0) == waiting
    assert len(desk.entries) == 1
    desk.context.store.fault = None
    assert desk.begin(scan(1, "A1111"), scan(2, "A2222")).result(0) == [answer(1), answer(2)]


def test_take_with_an_unreadable_journal_decides_nothing(context: AppContext) -> None:
    class Unreadable(MemoryJournal):
        def since(self, *_: Any, **more: Any) -> Any:
            del more
            raise JournalUnwritable("damaged")

    desk = Desk(with_store(context, journal=Unreadable(context.clock.now)))
    assert desk.take_one(scan(1, "A1111")) == answer(1, "waiting", reason="unwritable")


# --- the spool accepts loans while the database cannot


@pytest.fixture
def spooling(context: AppContext, tmp_path: Path) -> Iterator[Desk]:
    """A desk with a spool, after the database has disappeared."""
    context.store.fault = JournalGone("moved")
    context.store.spool = Spool(
        tmp_path / "spool" / "relais", context.store.journal, context.store.notes
    )
    yield Desk(context)
    context.store.spool.close()


def spool_of(desk: Desk) -> Spool:
    assert desk.context.store.spool is not None
    return desk.context.store.spool


def decided(desk: Desk, *messages: object) -> list[dict[str, Any]]:
    return desk.begin(*messages).result(10)


def test_take_into_the_spool_is_acknowledged_and_recorded_in_order(
    spooling: Desk,
) -> None:
    waits = scan(5, "E5555") | {"kind": "waiting", "note": "la dame au chapeau"}
    completes = {"kind": "complete", "id": str(UUID(int=6)), "waiting": waits["id"], "patron": "P1"}
    assert decided(spooling, scan(1, "A1111"), scan(2, "B2222")) == [answer(1), answer(2)]
    # The spool answers a resend, a void and a second scan as the journal would.
    assert decided(spooling, scan(1, "A1111")) == [answer(1)]
    assert decided(spooling, undo(3, 1)) == [answer(3)]
    assert decided(spooling, scan(4, "B2222")) == [answer(4, "repeated", warning="repeated")]
    assert decided(spooling, scan(2, "C3333")) == [answer(2, "refused", reason="other_content")]
    assert decided(spooling, waits) == [answer(5)]
    assert [reply["state"] for reply in decided(spooling, completes)] == ["kept"]
    assert (spooling.entries, spooling.context.store.notes.read()) == ([], {})
    spooling.context.store.fault = None
    assert spool_of(spooling).bring_in()
    assert [(entry.KIND, getattr(entry, "item", "")) for entry in spooling.entries] == [
        ("loan", "A1111"),
        ("loan", "B2222"),
        ("void", ""),
        ("loan", "B2222"),
        ("waiting", "E5555"),
        ("loan", "E5555"),
    ]
    spooling.context.folds.update()
    assert spooling.context.store.notes.read() == {}


def test_take_queues_behind_spooled_transactions(spooling: Desk) -> None:
    decided(spooling, scan(1, "A1111"))
    spooling.context.store.fault = None
    assert decided(spooling, scan(2, "B2222")) == [answer(2)]
    assert spooling.entries == []
    assert spool_of(spooling).bring_in()
    assert decided(spooling, scan(3, "C3333")) == [answer(3)]
    assert [entry.item for entry in spooling.entries] == ["A1111", "B2222", "C3333"]
    assert spool_of(spooling).count == 0


def test_take_spools_after_a_failed_commit(slow: Desk, tmp_path: Path) -> None:
    spool = slow.context.store.spool = Spool(
        tmp_path / "relais", slow.context.store.journal, MemoryNotes()
    )
    reply = slow.begin(scan(1, "A1111"))
    slow.context.store.journal.let_go(JournalUnwritable("disk full"))
    assert reply.result(10) == [answer(1)]
    assert spool.count == 1
    reply = slow.begin(scan(2, "B2222"))
    assert reply.result(10) == [answer(2)]
    assert spool.bring_in()
    assert [entry.item for entry in slow.entries] == ["A1111", "B2222"]
    spool.close()


def test_take_does_not_spool_after_another_error(slow: Desk, tmp_path: Path) -> None:
    spool = slow.context.store.spool = Spool(
        tmp_path / "relais", slow.context.store.journal, MemoryNotes()
    )
    reply = slow.begin(scan(1, "A1111"))
    slow.context.store.journal.let_go(ValueError("a defect"))
    assert reply.result(10) == [answer(1, "waiting", reason="failed")]
    assert spool.count == 0
    spool.close()


def test_take_without_database_or_spool_leaves_scans_to_the_page(
    spooling: Desk, tmp_path: Path
) -> None:
    (tmp_path / "spool").touch()
    assert decided(spooling, scan(1, "A1111")) == [answer(1, "waiting", reason="unwritable")]
    (tmp_path / "spool").unlink()
    assert decided(spooling, scan(1, "A1111")) == [answer(1)]


def test_take_counts_folded_entries_before_the_journal_is_readable(
    context: AppContext, tmp_path: Path
) -> None:
    class Unreadable(MemoryJournal):
        fault: JournalUnwritable | None = None

        def since(self, *positions: Any, **more: Any) -> Any:
            if self.fault:
                raise self.fault
            return super().since(*positions, **more)

    desk = Desk(with_store(context, journal=(journal := Unreadable(context.clock.now))))
    spool = desk.context.store.spool = Spool(
        tmp_path / "spool" / "relais", journal, desk.context.store.notes
    )
    assert decided(desk, scan(1, "A1111")) == [answer(1)]
    journal.fault = JournalUnwritable("The database server is not responding")
    assert decided(desk, scan(2, "B2222")) == [answer(2)]
    assert spool.bring_in()
    for undone, loan in ((3, 1), (4, 2)):
        assert decided(desk, undo(undone, loan)) == [answer(undone)]
    journal.fault = None
    assert spool.bring_in()
    assert [entry.KIND for entry in desk.entries] == ["loan", "loan", "void", "void"]
    spool.close()


def test_take_accepts_a_void_of_a_loan_still_being_written(slow: Desk) -> None:
    answers = [slow.begin(scan(1, "A1111")), slow.begin(undo(2, 1))]
    slow.context.store.journal.let_go()
    assert [future.result(0) for future in answers] == [[answer(1)], [answer(2)]]
    assert [type(entry) for entry in slow.entries] == [Loan, Void]


def test_take_answers_a_repeated_void_again(desk: Desk) -> None:
    desk.take_one(scan(1, "A1111"))
    assert [desk.take_one(undo(2, 1)) for _ in range(2)] == [answer(2)] * 2
    assert desk.take_one(undo(3, 1)) == answer(3, "refused", reason="loan_void")
    assert desk.take_one(undo(4, 9)) == answer(4, "refused", reason="loan_unknown")
    assert desk.take_one(undo(5, 1, reason=" "))["state"] == "refused"
    assert len(desk.entries) == 2


@pytest.mark.parametrize("message", [None, 12, "loan", ["loan"], {}, {"id": 12}, {"id": "x" * 37}])
def test_take_refuses_other_content_without_echoing_it(desk: Desk, message: object) -> None:
    refused = {"id": None, "state": "refused", "warning": None, "reason": "malformed"}
    assert desk.take_one(message) == refused
    assert desk.entries == []


@cache
def packaged() -> Handbook:
    return load_handbook(PACKAGED_HANDBOOK)


def empty_context() -> AppContext:
    return make_context(Clock(), packaged())


# Any string that JSON allows, including half of a surrogate pair.
TEXT = st.text(st.characters(codec=None), max_size=40) | st.sampled_from(["\ud800", "\0", "-" * 36])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
FIELDS = [*scan(1, ""), "late", "overridden", "loan", "reason", "cart", "note", "waiting"]
BASES = st.sampled_from(["loan", "void", "return", "waiting", "complete"])


@example("void", {"reason": "\ud800"})
@example("waiting", {"note": "\ud800"})
@example("waiting", {"note": "\0"})
@given(BASES, st.dictionaries(st.sampled_from(FIELDS) | TEXT, ANYTHING, min_size=1))
def test_take_records_the_rest_of_a_batch_with_a_bad_message(
    kind: str, changed: dict[str, Any]
) -> None:
    desk = Desk(empty_context())
    whole = scan(2, "B2111", kind=kind, loan=str(UUID(int=1)), waiting=str(UUID(int=1)))
    message = whole | {"reason": "erreur", "cart": "", "note": "Mme Rochat"} | changed
    sent = json.loads(json.dumps([scan(1, "A1111"), message, scan(3, "C3111")]))
    first, between, last = desk.begin(*sent).result(0)
    assert [first, last] == [answer(1), answer(3)]
    assert between["state"] in {"kept", "repeated", "refused"}
    assert {UUID(int=1), UUID(int=3)} <= {entry.id for entry in desk.entries}
    assert json.loads(json.dumps(between))["id"] == between["id"]
    # A database stores these strings, so they must not contain a null character.
    bodies = [msgspec.json.encode(entry).decode() for entry in desk.entries]
    for text in [*bodies, *desk.context.store.notes.read().values()]:
        assert "\0" not in text.encode().decode()

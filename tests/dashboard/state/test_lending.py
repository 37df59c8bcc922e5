"""Lending from a page, without a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from dashboard.errors import NotAllowed
from dashboard.rights import Act, Person
from dashboard.state.house import House
from dashboard.state.lending import Lending
from dashboard.state.visit import Visit
from procedure.circulation import Loan, Void
from procedure.errors import JournalUnwritable, TransactionRefused
from procedure.journal import MemoryJournal

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def numbered(first: int = 1) -> Callable[[], UUID]:
    numbers: Iterator[int] = iter(range(first, first + 10_000))
    return lambda: UUID(int=next(numbers))


def scan(number: int, item: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": "loan",
        "id": str(UUID(int=number)),
        "made": 1000.0,
        "sent": 1000.0,
        "desk": "MAIL",
        "workstation": "poste-1",
        "patron": "SLSP204518377",
        "item": item,
        "sequence": number,
        "warning": None,
    } | more


def undo(number: int, loan: int, **more: Any) -> dict[str, Any]:
    told = {"kind": "void", "loan": str(UUID(int=loan)), "reason": "lu deux fois"}
    return scan(number, "") | told | more


def told(number: int, state: str = "kept", **more: Any) -> dict[str, Any]:
    return {"id": str(UUID(int=number)), "state": state, "warning": None, "reason": None} | more


@pytest.fixture
def lending(house: House) -> Lending:
    return Lending(house=house, visit=Visit(desk="MAIL", page="loans"), new_id=numbered(1000))


def entries(lending: Lending) -> list[object]:
    return [one.entry for one in lending.house.journal.since()]


def test_a_scan_is_recorded_at_its_own_moment_and_as_it_was_scanned(lending: Lending) -> None:
    answer = lending.take(scan(1, "0003-abC", made=500.0, sent=4500.0)).result(0)
    assert answer == told(1)
    assert entries(lending) == [
        Loan(
            UUID(int=1),
            NOON - timedelta(seconds=4),
            "MAIL",
            "SLSP204518377",
            "0003-abC",
            workstation="poste-1",
            sequence=1,
        )
    ]


@pytest.mark.parametrize(
    ("made", "sent", "age"),
    [
        (5000.0, 1000.0, timedelta()),
        (0.0, 1e13, timedelta(days=31)),
        (0.0, 60_000.0, timedelta(minutes=1)),
    ],
)
def test_the_age_of_a_scan_never_makes_it_come_from_the_future_or_last_year(
    lending: Lending, made: float, sent: float, age: timedelta
) -> None:
    lending.take(scan(1, "A1", made=made, sent=sent)).result(0)
    assert [one.at for one in entries(lending)] == [NOON - age]  # type: ignore[attr-defined]


def test_the_same_id_sent_again_is_kept_once_and_answered_again(lending: Lending) -> None:
    answers = [lending.take(scan(1, "A1")).result(0) for _ in range(3)]
    assert answers == [told(1)] * 3
    assert len(entries(lending)) == 1


def test_a_second_reading_of_a_label_is_answered_and_not_recorded(lending: Lending) -> None:
    lending.take(scan(1, "A1"))
    assert lending.take(scan(2, "A1")).result(0) == told(2, "repeated", warning="repeated")
    assert len(entries(lending)) == 1


@pytest.mark.parametrize(
    ("more", "warning"),
    [
        ({"patron": "2071234567"}, "other_patron"),
        ({"item": "2071234567"}, "looks_like_patron"),
        ({"item": "SLSP204518377"}, "looks_like_patron"),
        ({"item": "B2", "patron": "12-345-678"}, "matriculation"),
        ({"item": "B2", "patron": "XY"}, "unknown_card"),
        ({"item": "é1"}, "item_not_ascii"),
        ({"item": "B2", "warning": "believe me"}, None),
    ],
)
def test_a_doubtful_scan_is_taken_with_its_warning(
    lending: Lending, more: dict[str, Any], warning: str | None
) -> None:
    lending.take(scan(1, "A1"))
    assert lending.take(scan(2, "A1") | more).result(0) == told(2, warning=warning)
    assert [one.warning for one in entries(lending)] == [None, warning]  # type: ignore[attr-defined]


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
        ({"sent": "soon"}, "malformed"),
        ({"sent": float("nan")}, "malformed"),
        ({"sent": float("inf")}, "malformed"),
    ],
)
def test_what_cannot_be_recorded_is_refused_with_a_reason(
    lending: Lending, more: dict[str, Any], reason: str
) -> None:
    message = scan(1, "A1") | more
    assert lending.take(message).result(0) == {
        "id": message["id"], "state": "refused", "warning": None, "reason": reason
    }  # fmt: skip
    assert entries(lending) == []


def test_no_identifier_comes_into_the_words_of_a_refusal() -> None:
    from dashboard.state.page_clock import PageClock
    from dashboard.state.transaction import read_transaction

    message = scan(1, "A1", patron="SECRET-PATRON", id="SECRET-ID")
    with pytest.raises(TransactionRefused) as refused:
        read_transaction(message, now=NOON, clock=PageClock(), person=Person())
    assert "SECRET" not in f"{refused.value} {refused.value.__cause__}"
    assert refused.value.__suppress_context__


class SlowJournal(MemoryJournal):
    """Keeps what is submitted waiting until it is let go: a disk that takes its time."""

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
def slow(house: House) -> Lending:
    anew = replace(house, journal=SlowJournal(house.now))
    return Lending(house=anew, visit=Visit(desk="MAIL"), new_id=numbered(1000))


def test_nothing_is_acknowledged_before_the_commit(slow: Lending) -> None:
    answer = slow.take(scan(1, "A1"))
    assert not answer.done()
    slow.house.journal.let_go()  # type: ignore[attr-defined]
    assert answer.result(0) == told(1)


def test_a_disk_that_does_not_take_it_leaves_it_with_the_page(slow: Lending) -> None:
    answer = slow.take(scan(1, "A1"))
    slow.house.journal.let_go(JournalUnwritable("disk full"))  # type: ignore[attr-defined]
    assert answer.result(0) == told(1, "waiting", reason="unwritable")
    again = slow.take(scan(1, "A1"))
    slow.house.journal.let_go()  # type: ignore[attr-defined]
    assert again.result(0) == told(1)
    assert len(entries(slow)) == 1


def test_a_loan_may_be_undone_while_it_is_still_being_written(slow: Lending) -> None:
    answers = [slow.take(scan(1, "A1")), slow.take(undo(2, 1))]
    slow.house.journal.let_go()  # type: ignore[attr-defined]
    assert [one.result(0) for one in answers] == [told(1), told(2)]
    assert [type(one) for one in entries(slow)] == [Loan, Void]


def test_an_undo_sent_again_is_answered_again(lending: Lending) -> None:
    lending.take(scan(1, "A1"))
    assert [lending.take(undo(2, 1)).result(0) for _ in range(2)] == [told(2)] * 2
    assert lending.take(undo(3, 1)).result(0) == told(3, "refused", reason="loan_void")
    assert lending.take(undo(4, 9)).result(0) == told(4, "refused", reason="loan_unknown")
    assert lending.take(undo(5, 1, reason=" ")).result(0)["state"] == "refused"
    assert len(entries(lending)) == 2


def test_a_restored_loan_is_a_new_one_at_the_old_moment(lending: Lending) -> None:
    lending.take(scan(1, "A1"))
    lending.void(UUID(int=1), "mauvais lecteur")
    lending.listing.look()
    lending.restore(lending.listing.rows[0])
    first, void, anew = entries(lending)
    assert isinstance(first, Loan)
    assert isinstance(void, Void)
    assert (void.loan, void.reason) == (first.id, "mauvais lecteur")
    assert anew == replace(first, id=UUID(int=1001), workstation="poste-1", late=True, sequence=0)


def test_today_is_counted_here_and_everywhere(lending: Lending, clock: Any) -> None:
    lending.take(scan(1, "A1"))
    other = Lending(house=lending.house, visit=Visit(desk="CMU", workstation="poste-2"))
    other.take(scan(2, "B2", desk="CMU", workstation="poste-2"))
    other.take(scan(3, "C3", desk="CMU", workstation="poste-2"))
    other.take(undo(4, 3))
    lending.refresh()
    other.refresh()
    assert (lending.today_here, lending.today_everywhere) == (1, 2)
    assert (other.today_here, other.today_everywhere) == (1, 2)
    clock.pass_by(hours=14)
    lending.refresh()
    assert (lending.today_here, lending.today_everywhere) == (0, 0)


def test_a_desk_that_the_papers_do_not_have_is_not_chosen(lending: Lending) -> None:
    lending.choose_desk("NOWHERE")
    assert (lending.desk, lending.visit.desk) == ("", "")
    lending.choose_desk("CMU")
    assert (lending.desk, lending.visit.desk, lending.files.desk) == ("CMU", "CMU", "CMU")


# ----- the paper sheet -----
def test_a_paper_sheet_is_entered_at_its_own_time(lending: Lending) -> None:
    taken = lending.enter_late(
        day="24.11.2026", time="9h41", patron="2071234567", items="A1\n\nB2\n"
    )
    assert taken == 2
    at = datetime(2026, 11, 24, 8, 41, tzinfo=UTC)
    assert entries(lending) == [
        Loan(UUID(int=1000), at, "MAIL", "2071234567", "A1", late=True, sequence=0),
        Loan(UUID(int=1001), at, "MAIL", "2071234567", "B2", late=True, sequence=1),
    ]


@pytest.mark.parametrize(
    ("day", "time", "items", "reason"),
    [
        ("24.11.2026", "12:01", "A1", "late_future"),
        ("25.11.2026", "09:00", "A1", "late_future"),
        ("29.03.2026", "02:30", "A1", "late_skipped"),
        ("31.02.2026", "09:00", "A1", "late_unreadable"),
        ("24.11.2026", "25:00", "A1", "late_unreadable"),
        ("today", "09:00", "A1", "late_unreadable"),
        ("24.11.2026", "2071234567", "A1", "late_unreadable"),
        ("24.11.2026", "09:00", " \n", "item_missing"),
        ("24.11.2026", "09:00", "A1\nB\x002", "item_unreadable"),
    ],
)
def test_a_line_that_cannot_be_true_is_refused_whole(
    lending: Lending, day: str, time: str, items: str, reason: str
) -> None:
    with pytest.raises(TransactionRefused) as refused:
        lending.enter_late(day=day, time=time, patron="2071234567", items=items)
    assert refused.value.reason == reason
    assert entries(lending) == []


def test_in_the_hour_that_comes_twice_the_earlier_is_taken(lending: Lending) -> None:
    lending.enter_late(day="25.10.2026", time="02:30", patron="2071234567", items="A1")
    assert [one.at for one in entries(lending)] == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]  # type: ignore[attr-defined]


# ----- rights -----
class Guest(Visit):
    """Somebody who may look and do nothing else."""

    @property
    def person(self) -> Person:
        return Person(acts=frozenset({Act.READ}))


def test_whoever_may_only_read_changes_nothing(house: House) -> None:
    guest = Lending(house=house, visit=Guest(desk="MAIL"))
    assert guest.take(scan(1, "A1")).result(0) == told(1, "refused", reason="not_allowed")
    assert guest.take(undo(2, 1)).result(0) == told(2, "refused", reason="not_allowed")
    for act in (
        lambda: guest.void(UUID(int=1), "x"),
        lambda: guest.enter_late(day="24.11.2026", time="09:00", patron="P", items="A1"),
        guest.files.write,
        guest.files.summary_csv,
    ):
        with pytest.raises(NotAllowed):
            act()
    assert entries(guest) == []

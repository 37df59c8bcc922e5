"""Each record names its outage, and the records of a single outage can be opened on their own."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from procedure import frames, open_records
from procedure.circulation.settlements import SettledByHand
from procedure.diagnosis.staff_reports import StaffReport
from procedure.errors import OutageNotFound
from procedure.guide.walk import AnswerGiven
from procedure.journal import Entry
from procedure.outages.outage_entries import OutageLog, OutageReviewed, OutageWithdrawn
from procedure.outages.outage_loans import outage_loans, outage_spans
from procedure.outages.public_entries import PublicState, PublicStatement
from procedure.reconciliation.journal_entries import LoanVerified, SignedOff, Verification
from procedure.reconciliation.reconciliation_log import ReconciliationLog
from procedure.records import Records
from procedure.status_pages.status import PageStatus
from tests.support import make
from tests.support.memory import MemoryJournal

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
FIRST, SECOND = UUID("aaaaaaaa-0000-4000-8000-000000000001"), UUID("aaaabbbb" + "0" * 24)
UNTIL = AT + timedelta(hours=12)


def at(minute: float) -> datetime:
    return AT + timedelta(minutes=minute)


def report(number: int, minute: int) -> StaffReport:
    return StaffReport(UUID(int=number), at(minute), "CMU-1", works=False)


def answer(number: int, minute: int) -> AnswerGiven:
    return AnswerGiven(UUID(int=number), at(minute), UUID(int=number + 500), "A1", "no")


def verified(number: int, loan: int, minute: int) -> LoanVerified:
    return LoanVerified(UUID(int=number), at(minute), UUID(int=loan), Verification.IN_ALMA)


def signed(number: int, minute: int, position: int) -> SignedOff:
    return SignedOff(
        id=UUID(int=number), at=at(minute), operator="cr", states=(), position=position
    )


# The first outage ends at minute 60, and its end is recorded at minute 80. Loans are made during
# the outage and afterwards. The second outage is declared at minute 200, with minute 75 as its
# start.
BEFORE: tuple[Entry, ...] = (
    make.outage(FIRST, "Alma", at=at(10), begun=at(0)),
    *(make.loan(n, str(n), at=at(n), desk="CMU") for n in (20, 40, 79)),
    make.loan(90, "90", at=at(90)),
    make.back(95, "20", at=at(70)),
    make.back(96, "7", at=at(100)),
    report(101, 5),
    report(102, 95),
    answer(103, 80),
    answer(104, 81),
    make.page_read(105, PageStatus.INCIDENT, at=at(30)),
    make.news(106, FIRST, "over", at=at(85)),
    PublicStatement(
        id=UUID(int=108),
        at=at(86),
        outage=FIRST,
        state=PublicState.DEGRADED,
        titles={"en": "Alma"},
        texts={"en": "No renewals."},
        lending=True,
    ),
    PublicStatement(
        id=UUID(int=109),
        at=at(87),
        outage=None,
        state=PublicState.PLANNED,
        titles={"fr": "Alma"},
        texts={"en": "Tonight.", "fr": "Ce soir."},
    ),
    make.ended(107, FIRST, at=at(80), ended=at(60)),
    OutageReviewed(
        id=UUID(int=123), at=at(91), outage=FIRST, happened="Links.\nSLSP-123456789", operator="AF"
    ),
)
AFTER: tuple[Entry, ...] = (
    make.outage(SECOND, "again", at=at(200), begun=at(75)),
    make.loan(210, "210", at=at(210)),
    make.note(211, SECOND, "called", at=at(212), contact="cad"),
    make.ended(213, SECOND, at=at(220)),
    make.export(300, 20, 40, at=at(300)),
    make.export(301, 90, 210, 79, at=at(301)),
    make.report(302, UUID(int=300), (UUID(int=40), "blocked"), at=at(310), succeeded=1, failed=1),
    verified(303, 210, 320),
    verified(304, 210, 330),
    SettledByHand(id=UUID(int=305), at=at(340), loan=UUID(int=40), how="at the counter"),
)
ENTRIES = (*BEFORE, signed(400, 110, len(BEFORE)), *AFTER, signed(401, 350, 100))


@pytest.fixture(scope="module")
def records() -> Iterator[Records]:
    with open_records(MemoryJournal(lambda: UNTIL, *ENTRIES), until=UNTIL) as opened:
        yield opened


NAMES = {str(FIRST): 1, str(SECOND): 2, None: 0}


def outages(frame: Any, *columns: str) -> list[tuple[Any, ...]]:
    """Return these columns and each row's outage: 1, 2, or 0 for none."""
    rows = frames.records(frame)
    return [(*(row[name] for name in columns), NAMES[row["outage"]]) for row in rows]


def test_withdrawn_declaration_keeps_its_row_and_does_not_count() -> None:
    taken_back = OutageWithdrawn(id=UUID(int=502), at=at(66), outage=UUID(int=501), reason="no")
    mistake = make.outage(501, "a mistake", at=at(65), begun=at(-5))
    journal = MemoryJournal(lambda: UNTIL, mistake, taken_back, *ENTRIES)
    with open_records(journal, until=UNTIL) as opened:
        declared = opened.declared[["title", "loans", "withdrawn"]]
        assert [tuple(row.values()) for row in frames.records(declared)] == [
            ("Alma", 3, False),
            ("a mistake", 0, True),
            ("again", 2, False),
        ]
        assert str(opened.declared["outage"][1]) == str(UUID(int=501))
        assert set(opened.loans["outage"].dropna()) == {str(FIRST), str(SECOND)}
        assert "a mistake" not in set(opened.replayed()["value"])


def test_records_with_a_time_belong_to_the_outage_of_that_time(records: Records) -> None:
    ids = [(UUID(row[0]).int, row[1]) for row in outages(records.loans, "id")]
    # The second outage began before anybody recorded that the first had ended.
    assert ids == [(20, 1), (40, 1), (79, 1), (90, 2), (210, 2)]
    assert outages(records.returns, "item") == [("20", 1), ("7", 2)]
    assert outages(records.reports, "at") == [(at(5), 1), (at(95), 2)]
    assert outages(records.answers, "at") == [(at(80), 1), (at(81), 2)]
    assert outages(records.readings, "status") == [("incident", 1)]


def test_records_that_name_an_outage_belong_to_it(records: Records) -> None:
    assert outages(records.messages, "audience", "message", "state", "lending") == [
        ("desks", "over", None, None, 1),
        ("readers", "No renewals.", "degraded", True, 1),
        ("readers", "Ce soir.", "planned", False, 0),
    ]
    assert outages(records.notes, "contact") == [("cad", 2)]
    assert outages(records.reviews, "happened", "noticed") == [("Links.\n[…]", "", 1)]


def test_later_records_belong_to_the_outage_of_their_loans(records: Records) -> None:
    assert outages(records.exports, "loans") == [(2, 1), (3, 2)]
    assert outages(records.refusals, "message") == [("blocked", 1)]
    assert outages(records.verifications, "result") == [("in_alma", 2), ("in_alma", 2)]
    assert outages(records.signatures, "at") == [(at(110), 1), (at(350), 2)]


def test_loans_show_when_and_how_they_were_settled(records: Records) -> None:
    assert outages(records.loans, "settled_at", "settled_by") == [
        (at(310), "report", 1),
        (at(340), "hand", 1),
        (None, None, 1),
        (None, None, 2),
        (at(320), "proof", 2),
    ]


def test_declared_outages_count_their_loans(records: Records) -> None:
    counted = records.loans.groupby("outage", observed=False).size()
    assert list(counted) == list(records.declared["loans"]) == [3, 2]
    recorded, declared = MemoryJournal(lambda: UNTIL, *ENTRIES).since(), OutageLog()
    declared.extend(recorded)
    log, spans = ReconciliationLog(recorded).log, outage_spans(declared.records(), UNTIL)
    assert [outage_loans(outage, spans, log).count for outage in (FIRST, SECOND)] == [3, 2]


def test_outage_column_has_only_declared_outages_or_nothing(records: Records) -> None:
    dtype = records.loans["outage"].dtype
    assert list(dtype.categories) == [str(FIRST), str(SECOND)]
    for name in ("returns", "exports", "signatures", "messages", "downtimes"):
        assert getattr(records, name)["outage"].dtype == dtype


@pytest.mark.parametrize("asked", [str(FIRST), "aaaaaaaa"])
def test_records_of_one_outage_have_only_its_rows(records: Records, asked: str) -> None:
    journal = MemoryJournal(lambda: UNTIL, *ENTRIES)
    with open_records(journal, until=UNTIL, outage=asked) as first:
        sizes = {
            name: len(getattr(first, name))
            for name in ("loans", "returns", "reports", "answers", "readings", "messages", "notes")
        }
        assert sizes == {
            "loans": 3,
            "returns": 1,
            "reports": 1,
            "answers": 1,
            "readings": 1,
            "messages": 2,
            "notes": 0,
        }
        assert set(first.loans["outage"]) == {str(FIRST)}
        assert list(first.declared["outage"]) == [str(FIRST)]
        # In the records of an outage, a file belongs to the outage even if it also has loans from
        # another outage.
        assert outages(first.exports, "loans") == [(2, 1), (3, 1)]
        assert outages(first.signatures, "stands") == [(False, 1)]
        assert list(first.loan_summary["loans"]) == [3]
        assert list(first.reconciliation["loans"]) == [3]
        assert (first.since, first.until) == (at(-15), at(110))
        kept = records.loans[records.loans["outage"] == str(FIRST)]
        assert list(first.loans["id"]) == list(kept["id"])


def test_last_outage_is_the_last_declared(records: Records) -> None:
    last = records.of_outage("last")
    assert list(last.declared["title"]) == ["again"]
    # A patron has the same pseudonym in the records of one outage as in the records of all outages.
    assert set(last.loans["patron"]) <= set(records.loans["patron"])


def test_unknown_outage_is_refused_with_a_list_of_the_known(records: Records) -> None:
    for asked, named in (("cccc", 2), ("aaaa", 2), ("", 2)):
        with pytest.raises(OutageNotFound) as refusal:
            records.of_outage(asked)
        assert str(refusal.value).count("2026-11-24") == named
        assert str(FIRST) in str(refusal.value)
    with pytest.raises(OutageNotFound, match="no outage has been declared"):
        open_records(MemoryJournal(lambda: UNTIL), outage="last")


def test_outage_column_is_empty_without_outages() -> None:
    with open_records(MemoryJournal(lambda: UNTIL, make.loan(1)), until=UNTIL) as empty:
        assert list(empty.loans["outage"].isna()) == [True]
        assert list(empty.loans["outage"].dtype.categories) == []

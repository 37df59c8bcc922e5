"""The frames of a recorded day; opening records neither creates nor migrates anything."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pandas as pd
import pytest

from procedure import frames, open_records
from procedure.errors import JournalMissing, JournalTooOld
from procedure.handbook.model import contract_of
from procedure.io.database.database import open_database
from procedure.local_time import local
from procedure.outages.service_level import service_level
from procedure.records import Records
from tests.procedure.records.recorded import (
    ENTRIES,
    MINUTE,
    PATRON,
    SINCE,
    UNTIL,
    at,
    fill,
)
from tests.support.memory import MemoryJournal

HOUR, DAY = 60 * MINUTE, timedelta(days=1)


@pytest.fixture(scope="module")
def url(module_database_url: str) -> str:
    with open_database(module_database_url, now=lambda: UNTIL) as database:
        fill(database)
    return module_database_url


@pytest.fixture(scope="module")
def records(url: str) -> Iterator[Records]:
    with open_records(url, until=UNTIL) as opened:
        yield opened


def rows(frame: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in columns) for row in frames.records(frame)]


def test_states_cover_the_window_and_downtimes_are_listed(records: Records) -> None:
    assert rows(records.states[records.states["target"] == "alma-saml"], "start", "status") == [
        (at(0), "up"),
        (at(200), "down"),
        (at(230), "up"),
        (at(600), "down"),
        (at(660), "up"),
    ]
    both = [(start, target) for start in (200, 600) for target in ("alma-saml", "alma-secours")]
    assert rows(records.downtimes, "start", "target") == [(at(start), key) for start, key in both]


def test_service_downtimes_have_their_announcement(records: Records) -> None:
    columns = ("target", "start", "lasted", "planned", "official_start", "official_lag")
    pages = records.service_downtimes["official_page"].tolist()
    assert pages == ["alma-saml", "exlibris-status"]  # the first was entered by staff
    assert rows(records.service_downtimes, *columns) == [
        ("A4", at(200), 30 * MINUTE, True, at(195), -5 * MINUTE),
        ("A4", at(600), 60 * MINUTE, False, at(615), 15 * MINUTE),
    ]
    assert rows(records.distinct_downtimes, "target", "start", "loans") == [
        ("A4", at(200), 0),
        ("A4", at(600), 3),
    ]


def test_downtime_begun_before_the_window_keeps_its_start(url: str) -> None:
    with open_records(url, since=at(630), until=at(640)) as records:
        assert rows(records.downtimes, "target", "start", "end")[0] == ("alma-saml", at(600), None)
        assert rows(records.states, "start", "end", "status")[0] == (at(630), at(640), "down")
        assert set(records.states["target"]) == {"alma-saml", "alma-secours", "switch"}


@pytest.mark.parametrize(("by", "sums"), [(None, [DAY]), ("month", [11 * HOUR, 13 * HOUR])])
def test_availability_is_cut_at_local_midnight(
    records: Records, by: Any, sums: list[timedelta]
) -> None:
    frame: Any = records.availability(by)
    alma = frame[frame["target"] == "A4"]
    spent = alma[["up", "slow", "down", "unknown", "unread"]].sum(axis="columns")
    assert list(spent) == sums
    assert alma["down"].sum() == 90 * MINUTE
    assert list(frame["target"].unique()) == ["alma-saml", "alma-secours", "switch", "A4"]
    unplanned: Any = records.availability(by, planned=False)
    assert unplanned[unplanned["target"] == "A4"]["down"].sum() == 60 * MINUTE
    assert unplanned[unplanned["target"] == "A4"]["up"].sum() == DAY - 90 * MINUTE - 10 * MINUTE
    # The status pages report only on Alma.
    assert unplanned[unplanned["target"] == "switch"]["up"].sum() == DAY


def test_availability_equals_that_of_the_states(records: Records) -> None:
    whole = records.availability(None).set_index("target")["ratio"]
    without = records.availability(None, planned=False).set_index("target")["ratio"]
    for key in whole.index:
        figures = records.past.availability(key)
        assert whole[key] == pytest.approx(figures.whole.ratio)
        assert without[key] == pytest.approx((figures.unplanned or figures.whole).ratio)


def test_latency_is_grouped_by_whole_hours(records: Records) -> None:
    hourly = records.latency("hour")
    down = hourly[(hourly["target"] == "alma-saml") & (hourly["start"] == at(600))]
    assert rows(down, "probes", "p50_ms") == [(60, None)]
    fine = hourly[hourly["target"] == "switch"]["p50_ms"]
    assert fine.between(100 * 0.955, 109 * 1.045).all()


def test_readings_planned_work_and_reports(records: Records) -> None:
    assert rows(records.readings, "page", "status", "by_person", "changed_at") == [
        ("exlibris-status", "ok", True, None),
        ("exlibris-status", "incident", False, at(615)),
        ("exlibris-status", "ok", False, None),
    ]
    assert rows(records.reports, "workstation", "works", "about") == [("MAIL-1", False, "loan […]")]
    assert rows(records.planned_work, "page", "start", "end") == [("alma-saml", at(195), at(235))]


def test_answers_have_their_suggestion(records: Records) -> None:
    columns = rows(records.answers, "step", "answer", "suggested", "readings")
    assert columns == [("A4", "no", "no", "alma down; x up")]


def test_suspicions_begin_once_a_condition_has_lasted(records: Records) -> None:
    concluded = rows(records.diagnoses, "start", "end", "diagnosis", "condition")
    assert [(start, end) for start, end, _, what in concluded if what == "trouble"] == [
        (at(200), at(230)),
        (at(600), at(671)),  # until the page ends its incident
    ]
    made = frames.suspicions(records.diagnoses, 3 * MINUTE)
    assert rows(made, "at", "end") == [(at(203), at(230)), (at(603), at(671))]
    assert rows(frames.suspicions(records.diagnoses, HOUR), "at") == [(at(660),)]


def test_suspicions_need_as_many_readings_as_asked_for(records: Records) -> None:
    """With one reading a minute, the third consecutive reading is two minutes after the first."""
    single = rows(records.suspicions(3 * MINUTE), "at", "end")
    assert rows(records.suspicions(3 * MINUTE, readings=1), "at", "end") == single
    assert rows(records.suspicions(3 * MINUTE, readings=3), "at", "end") == [
        (at(205), at(232)),
        (at(605), at(671)),
    ]
    # The first downtime has only thirty failures. The second is suspected early, because a status
    # page reports it.
    assert rows(records.suspicions(3 * MINUTE, readings=31), "at") == [(at(624),)]
    suspected = records.replayed(3 * MINUTE, readings=3).query("event == 'suspected'")
    assert list(suspected["at"]) == [at(205), at(605)]
    with pytest.raises(ValueError, match="readings must be at least 1"):
        records.suspicions(readings=0)


def test_replayed_has_conclusions_beside_declarations(url: str) -> None:
    with open_records(url, since=at(595), until=at(680)) as records:
        replayed = records.replayed(5 * MINUTE)
        suggested = records.suggestions
        assert rows(records.diagnoses, "start", "diagnosis")[0] == (at(595), "nothing")
    concluded = replayed[replayed["event"] != "suggestion"]
    assert rows(concluded, "at", "event", "value") == [
        (at(595), "diagnosis", "nothing"),
        (at(600), "diagnosis", "alma"),
        (at(600), "begun", "Alma is down"),
        (at(605), "suspected", None),
        (at(610), "declared", "Alma is down"),
        (at(610), "lending_start", "Alma is down"),
        (at(650), "lending_end", "Alma is down"),
        (at(660), "ended", "Alma is down"),
        (at(671), "diagnosis", "nothing"),
    ]
    assert rows(suggested[suggested["step"] == "A4"], "start", "end", "answer") == [
        (at(595), at(600), "yes"),
        (at(600), at(660), "no"),
        (at(660), at(680), "yes"),
    ]


def test_declared_outage_has_the_period_of_lending(records: Records) -> None:
    columns = ("begun", "ended", "declared_at", "suspected", "lending_start", "lending_end")
    assert rows(records.declared, *columns) == [
        (at(600), at(660), at(610), "alma", at(610), at(650))
    ]


def test_loans_have_their_reconciliation_state(records: Records) -> None:
    columns = ("id", "desk", "state", "reason", "stage", "late", "export", "due")
    ids = [str(UUID(int=number)) for number in range(1, 5)]
    due = at(730) + 28 * DAY
    assert rows(records.loans, *columns) == [
        (ids[0], "CMU", "confirmed", "", "in_alma", False, "CMU.dat", due),
        (ids[1], "CMU", "refused", "blocked", "to_settle", False, "CMU.dat", None),
        (ids[2], "MAIL", "refused", "to_check", "to_check", False, None, None),
        (ids[3], "MAIL", "void", "", "cancelled", True, None, None),
    ]
    assert rows(records.exports, "loans", "uploaded", "reported", "refused") == [
        (2, at(710), at(720), 1)
    ]
    assert rows(records.refusals, "loan", "message", "source") == [
        (ids[1], "blocked", "report"),
        (ids[1], "401153", "api"),
    ]
    stages = ("desk", "to_check", "to_settle", "in_alma", "cancelled", "loans")
    assert rows(records.reconciliation, *stages) == [
        ("CMU", 0, 1, 1, 0, 2),
        ("MAIL", 1, 0, 0, 1, 1),
    ]
    assert rows(records.signatures, "loans", "stands") == [(1, False)]


def test_identifiers_are_hidden_unless_unlocked(url: str, records: Records) -> None:
    named = ("loans", "answers", "exports", "signatures", "refusals", "reports")
    text = "".join(getattr(records, name).to_csv() for name in named)
    assert [word for word in (PATRON, ",mb,", "Claire Rey") if word in text] == []
    assert len(set(records.loans["patron"])) == 1
    with open_records(url, until=UNTIL, identifiers=["patron"]) as unlocked:
        assert set(unlocked.loans["patron"]) == {PATRON}
        assert "mb" not in set(unlocked.loans["operator"])


def test_pseudonyms_are_equal_only_under_one_key(url: str, records: Records) -> None:
    patrons = []
    for _ in range(2):
        with open_records(url, until=UNTIL, key=b"k") as opened:
            patrons.append(list(opened.loans["patron"]))
    first, again = patrons
    assert first == again != list(records.loans["patron"])


def test_items_workstations_and_times_are_coarsened_on_request(url: str) -> None:
    coarse = ["items", "workstations", "times"]
    with open_records(url, until=UNTIL, coarse=coarse) as records:
        loans = records.loans
    assert not loans["item"].str.startswith("106").any()
    assert loans["item"].nunique() == 4
    assert not loans["workstation"].str.contains("-").any()
    assert set(loans["at"]) == {pd.Timestamp(at(600))}


@pytest.mark.parametrize("wrong", [{"identifiers": ["name"]}, {"coarse": ["desk"]}])
def test_unlocking_an_unknown_column_is_refused(url: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="is not one of"):
        open_records(url, **wrong)


@pytest.mark.parametrize("wrong", ["outcomes.csv", Path("relais.sqlite3")])
def test_open_records_refuses_what_is_not_a_url(wrong: Any) -> None:
    with pytest.raises(ValueError, match=f"^{wrong} is not a database URL; write sqlite:"):
        open_records(wrong)


def test_open_records_of_a_journal_in_memory_gives_the_same_loans(records: Records) -> None:
    with open_records(MemoryJournal(lambda: UNTIL, *ENTRIES), until=UNTIL) as opened:
        columns = ["id", "state", "reason", "stage"]
        pd.testing.assert_frame_equal(opened.loans[columns], records.loans[columns])
        assert opened.outcomes.empty


def test_open_records_neither_creates_nor_migrates_a_database(tmp_path: Path) -> None:
    with pytest.raises(JournalMissing):
        open_records(f"sqlite:///{tmp_path / 'none.sqlite3'}")
    assert list(tmp_path.iterdir()) == []
    old = tmp_path / "old.sqlite3"
    open_database(f"sqlite:///{old}", now=lambda: UNTIL).close()
    with sqlite3.connect(old) as copy:
        copy.execute("DELETE FROM schema_version WHERE version > 1")
        copy.execute("PRAGMA journal_mode = DELETE")
    copy.close()
    before = old.read_bytes()
    with pytest.raises(JournalTooOld, match="relais serve"):
        open_records(f"sqlite:///{old}")
    assert old.read_bytes() == before


def test_open_records_needs_a_time_zone(url: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        open_records(url, since=SINCE.replace(tzinfo=None))


def test_periods_have_availability_and_outages_begun_in_them(records: Records) -> None:
    months = records.periods("month")
    columns = ("start", "down", "outages", "longest")
    assert rows(months[months["target"] == "alma-saml"], *columns) == [
        (local(SINCE).replace(day=1, hour=0, minute=0), 90 * MINUTE, 2, 60 * MINUTE),
        (local(SINCE).replace(month=11, day=1, hour=0, minute=0), timedelta(), 0, None),
    ]


def test_lost_time_of_the_months_adds_up_to_that_of_the_span(records: Records) -> None:
    whole = service_level(records.past, contract_of(records.handbook)).whole
    assert whole.observed > timedelta()
    lost = records.lost_time
    assert rows(lost, "start") == [
        (SINCE,),
        (local(SINCE).replace(month=11, day=1, hour=0, minute=0),),
    ]
    parts = ["counted", "excluded", "announced", "observed", "disputed", "unread"]
    assert [lost[part].sum() for part in parts] == [getattr(whole, part) for part in parts]
    assert records.disputed["disputed"].sum() == whole.disputed

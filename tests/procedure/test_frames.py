"""Data frames, each compared as a whole; an empty frame has a full frame's columns and dtypes."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from procedure import frames
from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.list_advice import ListAdvice, Reason
from procedure.circulation.transactions import Void
from procedure.local_time import library_zone
from procedure.monitoring.downtime import Downtime, StatusInterval
from procedure.monitoring.model import FailureCause, Outcome, Phase, Phases, Status
from procedure.monitoring.rollup import ReadingRows, SummaryColumns
from procedure.outages.announcements import Announcement
from tests.support import make
from tests.support.memory import MemoryJournal, recorded

AT = datetime(2026, 11, 24, 9, 12, 0, 250_000, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)
MINUTE = timedelta(minutes=1)
VERDICTS = ["up", "slow", "down", "unknown"]
CAUSES = [
    "dns",
    "refused",
    "unreachable",
    "timeout",
    "reset",
    "protocol",
    "tls",
    "status",
    "redirect",
    "content",
    "portal",
    "oversize",
    "network",
]
PHASES = ["dns", "connect", "tls", "request", "first_byte", "body"]


def instants(*values: datetime | None) -> pd.Series:
    return pd.Series(values, dtype="datetime64[us, UTC]")


def words(values: list[str | None], categories: list[str]) -> pd.Categorical:
    return pd.Categorical(values, categories=categories)


def durations(*values: timedelta | None) -> pd.Series:
    return pd.Series(values, dtype="timedelta64[us]")


def test_outcomes_have_one_row_per_attempt() -> None:
    answered = Outcome(
        target="alma-saml",
        url="https://alma.example/",
        vantage="server",
        at=AT,
        status=Status.UP,
        http_status=200,
        final_url="https://login.example/",
        latency_ms=120.5,
        phases=Phases(1.0, 10.0, 20.0, 80.0),
        reserved=True,
        expires=LATER,
    )
    silent = Outcome(
        target="switch",
        url="https://switch.example/",
        vantage="server",
        at=LATER,
        status=Status.DOWN,
        cause=FailureCause.TIMEOUT,
        phase=Phase.CONNECT,
        detail="no answer in time",
    )
    expected = pd.DataFrame(
        {
            "at": instants(AT, LATER),
            "target": pd.Series(["alma-saml", "switch"], dtype="str"),
            "vantage": pd.Series(["server", "server"], dtype="str"),
            "status": words(["up", "down"], VERDICTS),
            "cause": words([None, "timeout"], CAUSES),
            "phase": words([None, "connect"], PHASES),
            "http_status": pd.Series([200, None], dtype="Int16"),
            "latency_ms": [120.5, None],
            "dns_ms": [1.0, None],
            "connect_ms": [10.0, None],
            "tls_ms": [20.0, None],
            "first_byte_ms": [80.0, None],
            "url": pd.Series(["https://alma.example/", "https://switch.example/"], dtype="str"),
            "final_url": pd.Series(["https://login.example/", None], dtype="str"),
            "reserved": [True, False],
            "detail": pd.Series(["", "no answer in time"], dtype="str"),
            "expires": instants(LATER, None),
        }
    )
    assert_frame_equal(frames.outcomes([answered, silent]), expected)


def test_status_intervals_have_one_row_per_state_or_gap() -> None:
    rows = [
        StatusInterval("switch", AT, LATER, Status.DOWN, FailureCause.DNS),
        StatusInterval("switch", LATER, LATER + timedelta(minutes=1), None),
    ]
    expected = pd.DataFrame(
        {
            "target": pd.Series(["switch", "switch"], dtype="str"),
            "start": instants(AT, LATER),
            "end": instants(LATER, LATER + timedelta(minutes=1)),
            "status": words(["down", "gap"], [*VERDICTS, "gap"]),
            "cause": words(["dns", None], CAUSES),
            "lasted": durations(timedelta(minutes=5), timedelta(minutes=1)),
        }
    )
    assert_frame_equal(frames.status_intervals(rows), expected)


def test_ongoing_downtimes_have_no_end() -> None:
    columns = [
        Downtime(
            "alma-saml",
            AT,
            LATER,
            FailureCause.STATUS,
            timedelta(minutes=1),
            AT,
            LATER,
            planned=True,
            official_page="exlibris-status",
        ),
        Downtime("switch", LATER, None, None),
    ]
    expected = pd.DataFrame(
        {
            "target": pd.Series(["alma-saml", "switch"], dtype="str"),
            "start": instants(AT, LATER),
            "end": instants(LATER, None),
            "lasted": durations(timedelta(minutes=5), None),
            "unread": durations(timedelta(minutes=1), timedelta()),
            "cause": words(["status", None], CAUSES),
            "planned": [True, False],
            "official_start": instants(AT, None),
            "official_end": instants(LATER, None),
            "official_page": pd.Series(["exlibris-status", None], dtype="str"),
        }
    )
    assert_frame_equal(frames.downtimes(columns), expected)


def test_availability_is_cut_at_hours_and_leaves_out_planned_work() -> None:
    hour = AT.replace(minute=0, second=0, microsecond=0)
    noon = hour + 60 * MINUTE
    intervals = frames.status_intervals(
        [
            StatusInterval("switch", hour, noon + 30 * MINUTE, None),
            StatusInterval("alma-saml", hour, hour + 30 * MINUTE, Status.UP),
            StatusInterval("alma-saml", hour + 30 * MINUTE, noon + 30 * MINUTE, Status.DOWN),
        ]
    )
    work = [Announcement("exlibris-status", hour + 45 * MINUTE, None, planned=True)]
    starts = pd.Series([hour, noon, hour, noon], dtype="datetime64[us, UTC]")
    nothing = timedelta()
    expected = pd.DataFrame(
        {
            "target": pd.Series(["switch", "switch", "alma-saml", "alma-saml"], dtype="str"),
            "start": starts,
            "up": durations(nothing, nothing, 30 * MINUTE, nothing),
            "slow": durations(*[nothing] * 4),
            "down": durations(nothing, nothing, 30 * MINUTE, 30 * MINUTE),
            "unknown": durations(*[nothing] * 4),
            "unread": durations(60 * MINUTE, 30 * MINUTE, nothing, nothing),
            "ratio": [None, None, 0.5, 0.0],
        }
    )
    assert_frame_equal(frames.availability(intervals, "hour"), expected)
    unplanned = frames.availability(
        intervals, "hour", work=work, announced=frozenset({"alma-saml"})
    )
    assert list(unplanned["down"]) == [nothing, nothing, 15 * MINUTE, nothing]
    assert list(unplanned["unread"]) == list(expected["unread"])
    assert unplanned["ratio"].tolist()[2] == pytest.approx(2 / 3)


@pytest.mark.parametrize(("month", "day", "hours"), [(3, 29, 23), (10, 25, 25)])
def test_availability_covers_days_of_23_and_25_hours(month: int, day: int, hours: int) -> None:
    start = datetime(2026, month, day, tzinfo=library_zone()).astimezone(UTC)
    interval = StatusInterval("switch", start, start + timedelta(days=2), Status.UP)
    frame = frames.availability(frames.status_intervals([interval]), "day")
    assert frame["up"].iloc[0] == timedelta(hours=hours)


def test_planned_has_only_planned_work() -> None:
    announced = [
        Announcement("exlibris-status", AT, None),
        Announcement("alma-saml", AT, LATER, planned=True, by_person=True),
        Announcement("exlibris-status", LATER, None, planned=True),
    ]
    expected = pd.DataFrame(
        {
            "page": pd.Series(["alma-saml", "exlibris-status"], dtype="str"),
            "start": instants(AT, LATER),
            "end": instants(LATER, None),
            "by_person": [True, False],
        }
    )
    assert_frame_equal(frames.planned(announced), expected)


def test_records_are_plain_values_and_none_if_missing() -> None:
    (row,) = frames.records(frames.downtimes([Downtime("switch", AT, None, None, MINUTE)]))
    assert row == {
        "target": "switch",
        "start": AT,
        "end": None,
        "lasted": None,
        "unread": MINUTE,
        "cause": None,
        "planned": False,
        "official_start": None,
        "official_end": None,
        "official_page": None,
    }
    assert [type(row[name]) for name in ("start", "unread", "planned")] == [
        datetime,
        timedelta,
        bool,
    ]
    assert frames.records(frames.downtimes([])) == []


def test_summaries_have_one_row_per_hour_or_day() -> None:
    start = 1_795_510_800_000_000
    rolled = SummaryColumns(
        ["up", "probes", "p95"],
        {
            "alma-saml": [[start], [3_600_000_000], [60], [1500]],
            "switch": [[start], [0], [0], [-1]],
        },
    )
    at = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    expected = pd.DataFrame(
        {
            "target": pd.Categorical(["alma-saml", "switch"]),
            "start": instants(at, at),
            "up": durations(timedelta(hours=1), timedelta()),
            "probes": [60, 0],
            "p95_ms": [1.5, None],
        }
    )
    assert_frame_equal(frames.summaries(rolled), expected)
    nothing = frames.summaries(SummaryColumns(["up", "probes", "p95"], {}))
    assert nothing.dtypes.drop("target").equals(expected.dtypes.drop("target"))


def test_readings_have_one_row_per_attempt_within_the_limit() -> None:
    at = 1_795_510_800_000_000
    rows = ReadingRows("alma-saml", [(at, 0, -1, 120_500), (at + 250_000, 2, 3, -1)])
    expected = pd.DataFrame(
        {
            "at": instants(
                datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
                datetime(2026, 11, 24, 9, 0, 0, 250_000, tzinfo=UTC),
            ),
            "status": words(["up", "down"], VERDICTS),
            "cause": words([None, "timeout"], CAUSES),
            "latency_ms": [120.5, None],
        }
    )
    assert_frame_equal(frames.readings(rows), expected)


STATES = ["recorded", "exported", "void", "repeated"]


def loan_log() -> CirculationLog:
    first, second, third = (
        make.loan(
            n,
            f"000{n}",
            patron,
            at=AT,
            desk="CMU",
            workstation="CMU-1",
            operator="mb",
            late=n == 3,
            sequence=n,
        )
        for n, patron in enumerate(["SLSP000000017", "SLSP000000017", "2060000042"], start=1)
    )
    export = make.export(4, first.id, at=LATER, desk="CMU", name="CMU.dat", sha256="00")
    journal = MemoryJournal(
        lambda: AT,
        first,
        second,
        third,
        export,
        Void(id=UUID(int=5), at=LATER, loan=second.id, reason="read twice"),
    )
    return CirculationLog(journal.since())


def test_loans_have_the_reasons_shown_to_the_desk() -> None:
    reasons = (Reason.ITEM_UNKNOWN, Reason.CARD_BLOCKED)
    loan = make.loan(1, told=tuple(ListAdvice(reason, AT) for reason in reasons))
    rows = CirculationLog(recorded(loan)).rows()
    assert frames.loans(rows)["list_warnings"].tolist() == ["item_unknown card_blocked"]


def test_loans_have_one_row_with_void_and_export() -> None:
    expected = pd.DataFrame(
        {
            "id": pd.Series([str(UUID(int=n)) for n in (1, 2, 3)], dtype="str"),
            "at": instants(AT, AT, AT),
            "desk": pd.Series(["CMU"] * 3, dtype="str"),
            "patron": pd.Series(["SLSP000000017", "SLSP000000017", "2060000042"], dtype="str"),
            "item": pd.Series(["0001", "0002", "0003"], dtype="str"),
            "state": words(["exported", "void", "recorded"], STATES),
            "late": [False, False, True],
            "warning": pd.Series([None] * 3, dtype="str"),
            "list_warnings": pd.Series([None] * 3, dtype="str"),
            "workstation": pd.Series(["CMU-1"] * 3, dtype="str"),
            "sequence": [1, 2, 3],
            "recorded_at": instants(AT, AT, AT),
            "exported_at": instants(LATER, None, None),
            "export": pd.Series(["CMU.dat", None, None], dtype="str"),
            "voided_at": instants(None, LATER, None),
            "export_id": pd.Series([str(UUID(int=4)), None, None], dtype="str"),
            "repeats": pd.Series([None] * 3, dtype="str"),
            "operator": pd.Series(["mb"] * 3, dtype="str"),
            "void_reason": pd.Series([None, "read twice", None], dtype="str"),
        }
    )
    assert_frame_equal(frames.loans(loan_log().rows(), identifiers=True), expected)
    hidden = expected.assign(
        patron=frames.pseudonyms(expected["patron"], key=b"key"), operator=None, void_reason=None
    ).astype({"patron": "str", "operator": "str", "void_reason": "str"})
    assert_frame_equal(frames.loans(loan_log().rows(), key=b"key"), hidden)


def test_loans_have_no_identifiers_by_default() -> None:
    text = frames.loans(loan_log().rows()).to_csv()
    assert "SLSP" not in text
    assert "2060000042" not in text
    assert "read twice" not in text
    assert "mb" not in text


@pytest.mark.parametrize(
    ("frame", "dtypes"),
    [
        (frames.outcomes([]), frames.OUTCOMES),
        (frames.status_intervals([]), frames.STATUS_INTERVALS),
        (frames.downtimes([]), frames.DOWNTIMES),
        (frames.availability(frames.status_intervals([]), "month"), frames.AVAILABILITY),
        (frames.planned([]), frames.PLANNED),
        (frames.loans([]), frames.LOANS),
        (frames.readings(ReadingRows("alma-saml", [])), frames.READINGS),
    ],
)
def test_empty_frames_have_the_same_columns_and_dtypes(frame: pd.DataFrame, dtypes: dict) -> None:
    assert len(frame) == 0
    assert frame.dtypes.to_dict() == dict(dtypes)


def test_pseudonyms_are_equal_under_one_key() -> None:
    once = frames.pseudonyms(["SLSP-000000017", "0042", "SLSP-000000017"], key=b"key")
    assert once == frames.pseudonyms(["SLSP-000000017", "0042", "SLSP-000000017"], key=b"key")
    assert once[0] == once[2] != once[1]
    assert [len(pseudonym) for pseudonym in once] == [16, 16, 16]
    assert once != frames.pseudonyms(["SLSP-000000017", "0042", "SLSP-000000017"], key=b"other")
    assert frames.pseudonyms(["0042"]) != frames.pseudonyms(["0042"])

"""`relais report` from the command line."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from procedure.io.database.database import open_database
from procedure.monitoring.model import FailureCause, Outcome, Status
from procedure.status_pages.reading_validity import PageStatusChanged
from procedure.status_pages.status import PageStatus
from tests.support import make
from tests.support.cli import Run, json_lines, run_relais

MAY = ("--since", "2026-05-10T17:00:00Z")


@pytest.fixture
def database_path(tmp_path: Path) -> Path:
    return tmp_path / "relais.sqlite3"


@pytest.fixture
def url(database_path: Path) -> str:
    return f"sqlite:///{database_path}"


@pytest.fixture
def run(database_path: Path) -> Run:
    return lambda *words, database=database_path: run_relais(*words, database=database)


def at(text: str) -> datetime:
    """Return a time on the evening of 10 May, in UTC."""
    return datetime.fromisoformat(f"2026-05-10T{text}Z")


def seen(target: str, time: str, status: Status, cause: FailureCause | None = None) -> Outcome:
    return Outcome(target, "", "server", at(time), status, cause)


def record(url: str, *outcomes: Outcome, intervals: Mapping[str, timedelta] = {}) -> None:
    with open_database(url, now=lambda: at("23:00")) as database:
        database.history.set_intervals(intervals)
        database.history.record(outcomes)


@pytest.fixture
def checks(url: str) -> None:
    """Record the outcomes of two rarely probed targets, each down once."""
    record(
        url,
        seen("Website (Public)", "17:00:00", Status.UP),
        seen("Website (Public)", "18:00:00", Status.DOWN, FailureCause.STATUS),
        seen("Website (Public)", "18:10:00", Status.DOWN),
        seen("Website (Public)", "18:20:00", Status.UP),
        seen("Component", "17:00:01", Status.UP),
        seen("Component", "19:00:01", Status.DOWN, FailureCause.CONTENT),
        seen("Component", "20:00:01", Status.UP),
        seen("Component", "21:00:01", Status.UP),
        intervals={"Website (Public)": timedelta(minutes=10), "Component": timedelta(hours=1)},
    )


@pytest.mark.usefixtures("checks")
def test_report_names_the_share_and_downtimes_of_each_target(run: Run) -> None:
    assert run("report", *MAY).output.splitlines() == [
        "Component          85.714 %  without announced work 85.714 %",
        "    2026-05-10 21:00  2026-05-10 22:00     1 h 0 min  content",
        "Website (Public)   75.000 %  without announced work 75.000 %",
        "    2026-05-10 20:00  2026-05-10 20:20        20 min  status",
    ]


@pytest.mark.usefixtures("checks")
@pytest.mark.parametrize(
    ("window", "targets"),
    [
        (("--since", "2026-05-10T20:19"), ["Component", "Website (Public)"]),
        (("--since", "2026-05-10T18:20:00Z"), ["Component"]),
        (("--until", "2026-05-10T21:00"), ["Website (Public)"]),
        (("--since", "2026-05-11"), []),
    ],
)
def test_report_of_a_period_includes_downtimes_that_overlap_it(
    run: Run, window: tuple[str, ...], targets: list[str]
) -> None:
    lines = json_lines(run("report", "--json", *MAY, *window))
    assert [line["key"] for line in lines if line["outages"]] == targets


def test_ongoing_downtime_shows_its_unread_time(run: Run, url: str) -> None:
    record(url, seen("alma-saml", "18:00:00", Status.DOWN))
    assert run("report", *MAY, "--until", "2026-05-10T18:08:00Z").output.splitlines()[1] == (
        "    2026-05-10 20:00  -                      ongoing  not read for 5 min"
    )


@pytest.fixture
def announced(url: str) -> None:
    """Record a minute without Alma, planned work before it, and an incident on a status page."""
    record(
        url,
        seen("alma-saml", "18:00", Status.UP),
        seen("alma-saml", "18:01", Status.DOWN),
        seen("alma-saml", "18:02", Status.DOWN),
        seen("alma-saml", "18:03", Status.UP),
        seen("alma-secours", "18:00", Status.UP),
        seen("alma-secours", "18:01", Status.UP),
        seen("alma-secours", "18:02", Status.DOWN),
        seen("alma-secours", "18:03", Status.UP),
    )
    with open_database(url, now=lambda: at("18:00")) as database:
        database.journal.append(
            make.planned(1, at("18:00"), at("18:02"), at=at("18:00")),
            PageStatusChanged(UUID(int=2), at("18:02"), "exlibris-status", PageStatus.INCIDENT),
            PageStatusChanged(UUID(int=3), at("18:09"), "exlibris-status", PageStatus.OK),
        )


@pytest.mark.usefixtures("announced")
def test_report_has_shares_and_downtimes_with_and_without_planned_work(run: Run) -> None:
    window = ("--since", "2026-05-10T18:00:00Z", "--until", "2026-05-10T18:04:00Z")
    lines = json_lines(run("report", "--json", *window))
    service = {
        "key": "A4",
        "ratio": 0.75,
        "down_s": 60.0,
        "unread_s": 0.0,
        "ratio_without_planned": 0.5,
        "down_s_without_planned": 60.0,
        "outages": [
            {
                "start": "2026-05-10T18:02:00Z",
                "end": "2026-05-10T18:03:00Z",
                "lasted_s": 60.0,
                "unread_s": 0.0,
                "cause": None,
                "planned": False,
                "official_start": "2026-05-10T18:02:00Z",
                "official_end": "2026-05-10T18:09:00Z",
            }
        ],
    }
    assert [line["key"] for line in lines] == ["alma-saml", "alma-secours", "A4"]
    assert lines[2] == service
    assert [line["down_s"] for line in lines] == [120.0, 60.0, 60.0]
    announced = "announced 2026-05-10 20:02 to 2026-05-10 20:09"
    assert run("report", *window).output.splitlines() == [
        "alma-saml      50.000 %  without announced work 50.000 %",
        f"    2026-05-10 20:01  2026-05-10 20:03         2 min  planned, {announced}",
        "alma-secours   75.000 %  without announced work 50.000 %",
        f"    2026-05-10 20:02  2026-05-10 20:03         1 min  {announced}",
        "A4             75.000 %  without announced work 50.000 %",
        f"    2026-05-10 20:02  2026-05-10 20:03         1 min  {announced}",
    ]


def test_report_of_an_empty_log_is_empty(run: Run, url: str) -> None:
    open_database(url, now=lambda: datetime.now(UTC)).close()
    assert [run("report", *more).output for more in ((), ("--json",))] == ["", ""]


@pytest.mark.usefixtures("checks")
def test_period_that_ends_before_it_begins_is_refused(run: Run) -> None:
    result = run("report", "--since", "2026-05-11", "--until", "2026-05-10")
    assert result.exit_code == 2
    assert "2026-05-11 00:00 is after --until, 2026-05-10 00:00" in result.stderr
    result = run("report", "--since", "2099-01-01")
    assert result.exit_code == 2
    assert "2099-01-01 00:00 is after now" in result.stderr


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("tomorrow", "'tomorrow' is not a date or time; use 2026-11-24 or 2026-11-24T09:12"),
        (
            "2026-03-29T02:30",
            "2026-03-29T02:30 was skipped when the clocks changed; give another time",
        ),
    ],
)
def test_invalid_time_is_refused(run: Run, given: str, sentence: str) -> None:
    result = run("report", "--since", given)
    assert result.exit_code == 2
    assert sentence in result.output

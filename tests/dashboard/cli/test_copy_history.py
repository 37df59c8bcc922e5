"""`relais report`, `relais history`, `relais sample-data`, as they are typed."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from procedure import frames
from procedure.errors import HistoryFileError, JournalMissing
from procedure.io.database.database import open_database
from procedure.status_pages.readings import PageStatusChanged
from procedure.status_pages.status import PageStatus
from tests.support import make
from tests.support.cli import Run, json_lines, run_relais

# The shape of another monitor's log: state changes and samples, 0 for no answer.
CHECKS = """\
at,target,verdict,http_status,latency_ms,commit
2026-05-10T17:00:00Z,Website (Public),up,200,133,04bb1e8a
2026-05-10T17:00:01Z,Component,up,200,20,601b61b8
2026-05-10T18:00:00Z,Website (Public),down,503,20,f1dfbdd9
2026-05-10T18:10:00Z,Website (Public),down,0,0,bca19d29
2026-05-10T18:20:00Z,Website (Public),up,200,120,fd5239a7
2026-05-10T19:00:01Z,Component,down,200,21,eff453cc
2026-05-10T20:00:01Z,Component,up,200,22,eff453cd
"""
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


@pytest.fixture
def checks(tmp_path: Path) -> Path:
    file = tmp_path / "checks.csv"
    file.write_text(CHECKS, "utf-8")
    return file


def test_import_of_another_monitors_log_gives_outages(run: Run, checks: Path) -> None:
    assert run("history", "import", str(checks)).output == (
        f"7 outcomes read from {checks}: 7 new, 0 known already.\n"
    )
    more = checks.with_name("more.csv")
    later = "2026-05-10T21:00:01Z,Component,up,200,22,eff453ce\n"
    more.write_text(CHECKS + later + later, "utf-8")
    assert run("history", "import", str(more)).output == (
        f"9 outcomes read from {more}: 1 new, 8 known already.\n"
    )
    assert run("report", *MAY).output.splitlines() == [
        "Component          88.235 %  without announced work 88.235 %",
        "    2026-05-10 21:00  2026-05-10 22:00     1 h 0 min  content",
        "Website (Public)   75.000 %  without announced work 75.000 %",
        "    2026-05-10 20:00  2026-05-10 20:20        20 min  status",
    ]


@pytest.mark.parametrize(
    ("window", "targets"),
    [
        (("--since", "2026-05-10T20:19"), ["Component", "Website (Public)"]),
        (("--since", "2026-05-10T18:20:00Z"), ["Component"]),
        (("--until", "2026-05-10T21:00"), ["Website (Public)"]),
        (("--since", "2026-05-11"), []),
    ],
)
def test_report_of_a_window_includes_outages_that_reach_into_it(
    run: Run, checks: Path, window: tuple[str, ...], targets: list[str]
) -> None:
    run("history", "import", str(checks))
    lines = json_lines(run("report", "--json", *MAY, *window))
    assert [line["key"] for line in lines if line["outages"]] == targets


def test_outages_that_last_have_their_unread_time(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "checks.csv"
    file.write_text("at,target,verdict\n2026-05-10T18:00:00Z,alma-saml,down\n", "utf-8")
    run("history", "import", str(file))
    assert run("report", *MAY, "--until", "2026-05-10T18:08:00Z").output.splitlines()[1] == (
        "    2026-05-10 20:00  -                        lasts  not read for 5 min of it"
    )


ALMA = """\
at,target,verdict
2026-05-10T18:00:00Z,alma-saml,up
2026-05-10T18:01:00Z,alma-saml,down
2026-05-10T18:02:00Z,alma-saml,down
2026-05-10T18:03:00Z,alma-saml,up
2026-05-10T18:00:00Z,alma-secours,up
2026-05-10T18:01:00Z,alma-secours,up
2026-05-10T18:02:00Z,alma-secours,down
2026-05-10T18:03:00Z,alma-secours,up
"""


@pytest.fixture
def announced(run: Run, url: str, tmp_path: Path) -> None:
    """A minute without Alma, a minute before announced as work and a little later on a page."""
    file = tmp_path / "alma.csv"
    file.write_text(ALMA, "utf-8")
    run("history", "import", str(file))

    def at(minute: int) -> datetime:
        return datetime(2026, 5, 10, 18, minute, tzinfo=UTC)

    with open_database(url, now=lambda: at(0)) as database:
        database.journal.append(
            make.planned(1, at(0), at(2), at=at(0)),
            PageStatusChanged(UUID(int=2), at(2), "exlibris-status", PageStatus.INCIDENT),
            PageStatusChanged(UUID(int=3), at(9), "exlibris-status", PageStatus.OK),
        )


@pytest.mark.usefixtures("announced")
def test_report_has_shares_and_outages_with_and_without_planned_work(run: Run) -> None:
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


def test_unknown_target_names_the_known_ones(run: Run, checks: Path) -> None:
    run("history", "import", str(checks))
    result = run("history", "export", "--out", "x.csv", "--target", "nope")
    assert (result.exit_code, Path("x.csv").exists()) == (2, False)
    text = " ".join(result.stderr.split())
    assert "'nope' is not known; known: " in text
    # Those of the handbook, of which nothing was read yet, and those that only the history has.
    assert "alma-saml, " in text
    assert "Component, Website (Public)" in text


@pytest.mark.parametrize("words", [("report",), ("history", "export", "--out", "x.csv")])
def test_window_that_ends_before_it_begins_is_refused(
    run: Run, checks: Path, words: tuple[str, ...]
) -> None:
    run("history", "import", str(checks))
    result = run(*words, "--since", "2026-05-11", "--until", "2026-05-10")
    assert (result.exit_code, Path("x.csv").exists()) == (2, False)
    assert "2026-05-11 00:00 is after --until, 2026-05-10 00:00" in result.stderr
    result = run(*words, "--since", "2099-01-01")
    assert result.exit_code == 2
    assert "2099-01-01 00:00 is after now" in result.stderr


def test_export_is_imported_again_unchanged(run: Run, checks: Path, tmp_path: Path) -> None:
    run("history", "import", str(checks))
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    assert run("history", "export", "--out", str(first)).output == (
        f"7 outcomes written to {first}.\n"
    )
    other = tmp_path / "other.sqlite3"
    assert run("history", "import", str(first), database=other).exit_code == 0
    run("history", "export", "--out", str(second), database=other)
    assert second.read_bytes() == first.read_bytes()
    assert len(first.read_text("utf-8").splitlines()) == 8


def test_export_of_a_target_and_window(run: Run, checks: Path, tmp_path: Path) -> None:
    run("history", "import", str(checks))
    window = ("--since", "2026-05-10T17:00:01Z", "--until", "2026-05-10T20:00:01Z")
    out = str(tmp_path / "part.csv")
    result = run("history", "export", "--out", out, "--target", "Component", *window)
    assert result.output == f"2 outcomes written to {out}.\n"


def test_export_parquet_equals_the_frame_of_notebooks(
    run: Run, url: str, checks: Path, tmp_path: Path
) -> None:
    run("history", "import", str(checks))
    out = tmp_path / "log.parquet"
    assert run("history", "export", "--out", str(out)).exit_code == 0
    with open_database(url, now=lambda: datetime.now(UTC)) as database:
        outcomes = list(database.history.outcomes(since=datetime(2026, 1, 1, tzinfo=UTC)))
    assert_frame_equal(pd.read_parquet(out), frames.outcomes(outcomes))


def test_import_is_whole_or_not_at_all(run: Run, checks: Path) -> None:
    checks.write_text(CHECKS + "2026-05-10T21:00:01Z,Component,degraded,200,22,04\n", "utf-8")
    result = run("history", "import", str(checks))
    assert isinstance(result.exception, HistoryFileError)
    assert str(result.exception) == (
        f"{checks}: line 9: verdict: 'degraded' is not one of up, slow, down, unknown"
    )
    assert run("report", *MAY).output == ""


def test_import_names_unusable_files(run: Run, url: str, tmp_path: Path) -> None:
    open_database(url, now=lambda: datetime.now(UTC)).close()
    values = {
        ("import", str(tmp_path / "none.csv")): "cannot be read: No such file or directory",
        ("export", "--out", str(tmp_path / "log.xlsx")): "the name must end in .csv or .parquet",
        ("export", "--out", str(tmp_path / "no" / "log.csv")): (
            "cannot be written: No such file or directory"
        ),
    }
    for words, sentence in values.items():
        result = run("history", *words)
        assert isinstance(result.exception, HistoryFileError)
        assert str(result.exception).endswith(sentence)
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xfe\x00")
    assert str(run("history", "import", str(binary)).exception).startswith(
        f"{binary} is no CSV file in UTF-8: "
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("tomorrow", "'tomorrow' is no time; write 2026-11-24 or 2026-11-24T09:12"),
        ("2026-03-29T02:30", "2026-03-29T02:30 was skipped by the clock that night; add an offset"),
    ],
)
def test_invalid_time_is_refused(run: Run, given: str, sentence: str) -> None:
    result = run("report", "--since", given)
    assert result.exit_code == 2
    assert sentence in result.output


def test_sample_data_fills_only_an_empty_database(run: Run, url: str) -> None:
    words = ("sample-data", "--until", "2026-11-24T17:00", "--seed", "7", "--days", "2")
    first = run(*words)
    assert first.exit_code == 0
    assert first.output.endswith(" entries were made up.\n")
    lines = json_lines(run("report", "--json", "--since", "2026-11-22"))
    causes = {outage["cause"] for line in lines for outage in line["outages"]}
    assert causes == {"status", "reset", "dns"}
    again = run(*words)
    assert again.exit_code == 1
    assert again.output == (
        "Error: This database is not empty, and made-up loans must not stand among real ones: "
        "nothing was written. Name a new one, for example --database sqlite:///sample.sqlite3\n"
    )
    with open_database(url, now=lambda: datetime.now(UTC)) as database:
        assert first.output.split()[3] == str(database.journal.position())


def test_sample_data_into_a_named_database(run: Run, tmp_path: Path) -> None:
    other = tmp_path / "sample.sqlite3"
    words = ("--database", f"sqlite:///{other}", "--days", "1", "--until", "2026-11-24T17:00")
    assert run("sample-data", *words).exit_code == 0
    assert isinstance(run("report").exception, JournalMissing)
    assert run("report", "--since", "2026-11-22", database=other).output != ""

"""The notebooks, the dashboard and the commands give the same figures for the same database."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import nbformat
import pytest
from nbclient import NotebookClient

from dashboard.history.history_state import HistoryState
from dashboard.loans.loan_log import LoanLogFilter
from dashboard.settings import PACKAGED_HANDBOOK, Settings
from procedure import frames
from procedure.circulation.loan_row import LoanState
from procedure.circulation.transactions import Void
from procedure.io.database.database import open_database
from procedure.io.handbook_files import load_handbook
from procedure.monitoring.blind_periods import BlindPeriod
from procedure.monitoring.model import FailureCause, Outcome, Status
from procedure.outages.ninety_days import read_ninety_days
from tests.support import make
from tests.support.cli import json_lines, run_relais
from tests.support.clock import Clock
from tests.support.context import make_context, parts_of
from tests.test_notebooks import NOTEBOOKS

MINUTE = timedelta(minutes=1)
NOW = datetime.now(UTC).replace(microsecond=0)
ALMA = ("alma-saml", "alma-secours")


def ago(minutes: float) -> datetime:
    return NOW - minutes * MINUTE


# The start and end, in minutes before `NOW`, of three downtimes: in a blind period, during planned
# work, and in an outage.
DARK, WORK, OUTAGE = (2000, 1990), (1500, 1470), (400, 340)


def status(target: str, minute: int) -> Status:
    alma = target in ALMA and any(first >= minute > last for first, last in (WORK, OUTAGE))
    dark = DARK[0] >= minute > DARK[1]
    alone = target == "switch" and 700 >= minute > 690
    return Status.DOWN if alma or dark or alone else Status.UP


def outcomes(targets: list[str]) -> Iterator[Outcome]:
    # The newest reading has already expired, so the figures are the same a few minutes later.
    for minute in range(3000, 10, -1):
        for target in targets:
            seen = status(target, minute)
            cause = FailureCause.TIMEOUT if seen is Status.DOWN else None
            yield Outcome(target, "https://example.org", "server", ago(minute), seen, cause)
    yield Outcome("tickets", "", "server", ago(100.5), Status.DOWN, FailureCause.RESET)
    yield Outcome("tickets", "", "server", ago(100.4), Status.UP)


ENTRIES = (
    make.planned(1, ago(1505), ago(1465), at=ago(2900)),
    *(make.loan(10 + n, f"106{n}", f"206000000{n % 3}", at=ago(390 - n)) for n in range(8)),
    make.loan(30, "1069", "2060000009", at=ago(360), desk="CMU"),
    make.loan(31, "1069", "2060000009", at=ago(359.5), desk="CMU"),  # a double scan
    Void(id=UUID(int=40), at=ago(350), loan=UUID(int=11), reason="read twice"),
)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('figures') / 'relais.sqlite3'}"
    targets = load_handbook(PACKAGED_HANDBOOK).targets
    with open_database(url, now=lambda: NOW) as database:
        database.history.set_intervals(dict.fromkeys(targets, MINUTE))
        database.history.record(list(outcomes(list(targets))))
        database.history.record_blind_period(BlindPeriod(ago(DARK[0]), ago(DARK[1] + 1)))
        database.journal.append(*ENTRIES)
    return url


WANTED = {
    "1-what-was-out": "outages=records.distinct_downtimes, whole=records.availability(None), "
    "unplanned=records.availability(None, planned=False)",
    "3-lending": "summary=records.loan_summary, reconciliation=records.reconciliation",
}


@pytest.fixture(scope="module")
def notebook(url: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Run two notebooks on the database; return the rows of their data frames, by name."""
    rows: dict[str, Any] = {}
    for name, wanted in WANTED.items():
        made = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
        made.cells[0].source = f"DATABASE = {url!r}"
        dumped = "to_json(orient='records', date_format='iso', date_unit='us')"
        made.cells[-1].source = (
            f"import json; print(json.dumps({{name: frame.{dumped} "
            f"for name, frame in dict({wanted}).items()}}))"
        )
        where = {"metadata": {"path": str(tmp_path_factory.mktemp("run"))}}
        run = NotebookClient(made, timeout=240, resources=where).execute()
        frames_of = json.loads(run.cells[-1].outputs[0].text)
        rows |= {key: json.loads(text) for key, text in frames_of.items()}
    return rows


@pytest.fixture(scope="module")
def page(url: str) -> Iterator[HistoryState]:
    handbook = load_handbook(PACKAGED_HANDBOOK)
    with open_database(url, now=lambda: NOW) as database:
        settings = Settings(database_url=url)
        context = make_context(Clock(NOW), handbook, settings=settings, **parts_of(database))
        context.folds.update()
        week = {"since": NOW - timedelta(days=8), "until": NOW}
        context.watches.recent.states.update(
            database.history.outcomes(**week), NOW, database.history.blind_periods(**week)
        )
        announced = context.folds.announcements.announcements()
        context.watches.recent.ninety_days = read_ninety_days(
            database.history, handbook, announced, NOW
        )
        yield HistoryState(context=context, span="quarter")


@pytest.fixture
def command(url: str) -> Any:
    def run(*words: str) -> list[dict[str, Any]]:
        result = run_relais(*words, "--json", RELAIS_DATABASE_URL=url)
        assert result.exit_code == 0, result.output
        return json_lines(result)

    return run


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_outages_are_equal_in_page_command_and_notebook(
    notebook: dict[str, Any], page: HistoryState, command: Any
) -> None:
    shown = [
        (outage.outage.target, outage.outage.start, outage.outage.planned)
        for outage in page.outages
    ]
    assert shown == [
        ("A4", ago(400), False),
        ("switch", ago(700), False),
        ("A4", ago(1500), True),
    ]
    mine = [(row["target"], instant(row["start"]), row["planned"]) for row in notebook["outages"]]
    assert mine == shown[::-1]
    (outages,) = (row["outages"] for row in command("report") if row["key"] == "A4")
    assert [("A4", instant(outage["start"]), outage["planned"]) for outage in outages] == [
        row for row in mine if row[0] == "A4"
    ]


def test_availability_is_equal_in_page_command_and_notebook(
    notebook: dict[str, Any], page: HistoryState, command: Any
) -> None:
    shown = {lane.target: lane.availability["quarter"] for lane in (*page.rows, *page.services)}
    ratios = {
        key: (availability.whole.ratio, (availability.unplanned or availability.whole).ratio)
        for key, availability in shown.items()
    }
    assert ratios["A4"] == pytest.approx((1 - 90 / 2988, 1 - 60 / 2948), abs=2e-3)
    without = {row["target"]: row["ratio"] for row in notebook["unplanned"]}
    mine = {row["target"]: (row["ratio"], without[row["target"]]) for row in notebook["whole"]}
    typed = {row["key"]: (row["ratio"], row["ratio_without_planned"]) for row in command("report")}
    for key, both in ratios.items():
        assert mine[key] == pytest.approx(both, abs=1e-9)
        assert typed[key] == pytest.approx(both, abs=1e-9)


def test_loans_are_equal_in_page_command_and_notebook(
    notebook: dict[str, Any], page: HistoryState, command: Any
) -> None:
    context = page.context
    shown = frames.records(frames.summarized(context.folds.loan_log.rows()))
    names = ("desk", "loans", "voids", "patrons", "items", "exported")
    counts = [tuple(row[name] for name in names) for row in shown]
    # Local midnight may fall between these loans, so count the loans of all days.
    assert [sum(row[name] for row in shown) for name in ("loans", "voids")] == [8, 1]
    assert [tuple(row[name] for name in names) for row in notebook["summary"]] == counts
    assert [tuple(row[name] for name in names) for row in command("loans", "summary")] == counts
    assert [outage.loans for outage in page.outages] == [8, 0, 0]
    assert [row["loans"] for row in notebook["outages"]] == [0, 0, 8]


def test_loan_table_has_the_rows_and_states_of_the_frame(page: HistoryState) -> None:
    log = page.context.folds.loan_log
    frame = frames.loans(log.rows(), identifiers=True)
    listing = LoanLogFilter(context=page.context)
    listing.day = ""
    for state in ("", *LoanState):
        listing.state = state
        expected = frame[frame["state"] == state] if state else frame
        assert [str(row.loan.id) for row in listing.rows] == list(expected["id"])[::-1]
        assert [row.state for row in listing.rows] == list(expected["state"])[::-1]

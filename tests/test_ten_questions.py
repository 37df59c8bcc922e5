"""The notebook of ten questions gives the same answers as the dashboard and the dossiers."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import nbformat
import pandas as pd
import pytest

from dashboard.core.session import Session
from dashboard.dossier.outage_files import OutageFilesHandler
from dashboard.dossier.sections import sections
from dashboard.history.history_page import FEW, HistoryPage
from dashboard.history.history_state import HistoryState
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.routes import ROUTES
from dashboard.settings import PACKAGED_HANDBOOK, Settings
from dashboard.translations import language
from dashboard.ui.live_html import LiveHTML
from procedure import frames, open_records
from procedure.handbook.model import services
from procedure.io.database.database import open_database
from procedure.io.handbook_files import load_handbook
from procedure.local_time import local
from procedure.monitoring.model import Status
from procedure.outages.dossier import Dossier, read_dossier
from procedure.outages.ninety_days import read_ninety_days
from procedure.outages.outage_loans import outage_loans, outage_spans
from procedure.simulation import Sample, SampleClock
from procedure.status_pages.reading_validity import PageStatusChanged, PageStatusReadByStaff
from tests.support import http
from tests.support.clock import Clock
from tests.support.context import make_context, parts_of
from tests.test_notebooks import NOTEBOOKS

UNTIL, DAYS = datetime(2026, 11, 24, 16, 0, tzinfo=UTC), 33
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database with the sample data of the notebooks."""
    url = f"sqlite:///{tmp_path_factory.mktemp('questions') / 'relais.sqlite3'}"
    past = Sample(load_handbook(PACKAGED_HANDBOOK), until=UNTIL, days=DAYS, seed=7)
    clock = SampleClock(past.since)
    with open_database(url, now=clock) as database:
        for day in past.days():
            day.record(database, clock)
    return url


@pytest.fixture(scope="module")
def answers(url: str) -> Iterator[dict[str, Any]]:
    """Run the questions' cells and return their variables."""
    notebook = nbformat.read(NOTEBOOKS / "6-ten-questions.ipynb", as_version=4)
    cells = [cell.source for cell in notebook.cells if "question" in cell.metadata.get("tags", [])]
    assert len(cells) == 10
    imports, last = notebook.cells[2].source, notebook.cells[-1].source
    names: dict[str, Any] = {}
    exec(imports[: imports.index("until =")], names)
    with open_records(url, since=UNTIL - 90 * DAY, until=UNTIL) as names["records"]:
        for source in cells:
            exec(source, names)
        yield names
        exec(last, names)


@pytest.fixture(scope="module")
def history(url: str) -> Iterator[HistoryState]:
    handbook = load_handbook(PACKAGED_HANDBOOK)
    with open_database(url, now=lambda: UNTIL) as database:
        settings = Settings(database_url=url)
        context = make_context(Clock(UNTIL), handbook, settings=settings, **parts_of(database))
        context.folds.update()
        week = {"since": UNTIL - timedelta(days=8), "until": UNTIL}
        context.watches.recent.states.update(
            database.history.outcomes(**week), UNTIL, database.history.blind_periods(**week)
        )
        announced = context.folds.announcements.announcements()
        context.watches.recent.ninety_days = read_ninety_days(
            database.history, handbook, announced, UNTIL
        )
        yield HistoryState(context=context, span="quarter")


@pytest.fixture(scope="module")
def ledger(history: HistoryState) -> ReconciliationLedger:
    made = ReconciliationLedger(history.context)
    assert made.current() is not None
    return made


@pytest.fixture(scope="module")
def dossiers(history: HistoryState) -> dict[str, Dossier]:
    """The dossiers of the outages, keyed by outage id, oldest first."""
    context = history.context
    made = {
        str(record.declared.id): read_dossier(
            record.declared.id,
            context.store.journal,
            context.store.history,
            context.handbook.current.scans,
            now=UNTIL,
            services=services(context.handbook.current),
        )
        for record in context.folds.outages.records()
    }
    assert len(made) == 2
    return {outage: dossier for outage, dossier in made.items() if dossier is not None}


def _text(page: HistoryPage) -> str:
    panes = page.__panel__().select(LiveHTML)
    return re.sub("[ \n]+", " ", " ".join(pane.html for pane in panes))


def values(series: Any) -> dict[Any, Any]:
    return {key: value for key, value in series.items() if pd.notna(value)}


def test_availability_by_cause(answers: dict[str, Any], history: HistoryState) -> None:
    (alma,) = history.services
    known = [
        state for state in alma.states if state.status in (Status.UP, Status.SLOW, Status.DOWN)
    ]
    whole = sum((state.end - state.start for state in known), timedelta())
    lost: dict[str, timedelta] = defaultdict(timedelta)
    for state in known:
        if state.status is Status.DOWN:
            lost[str(state.cause)] += state.end - state.start
    assert len(lost) >= 2
    assert values(answers["lost"]) == pytest.approx(
        {key: duration / whole for key, duration in lost.items()}
    )
    assert 1 - answers["lost"].sum() == pytest.approx(alma.availability["quarter"].whole.ratio)


def test_longest_outage_and_what_the_vendor_said(
    answers: dict[str, Any], history: HistoryState, dossiers: dict[str, Dossier]
) -> None:
    over = [
        outage for outage in history.outages if outage.outage.end and outage.outage.target == "A4"
    ]
    longest = max(over, key=lambda outage: outage.outage.end - outage.outage.start)
    assert answers["longest"]["start"] == longest.outage.start
    assert (answers["longest"]["target"], answers["longest"]["loans"]) == (
        longest.outage.target,
        longest.loans,
    )
    read = [
        (entry.at, entry.target, str(entry.word), isinstance(entry, PageStatusReadByStaff))
        for entry in (record.entry for record in history.context.store.journal.since())
        if isinstance(entry, PageStatusChanged | PageStatusReadByStaff)
        and longest.outage.start <= entry.at <= longest.outage.end
    ]
    said = frames.records(answers["said"])
    assert "incident" in {row["status"] for row in said}
    assert [(row["at"], row["page"], row["status"], row["by_person"]) for row in said] == read
    html = _text(HistoryPage(history=history, session=Session(), language=language("en")))
    shown = re.findall(r"<b>(.*?)</b>", html[html.index("<tbody>") :])
    newest = [outage.outage for outage in history.outages[:FEW]]
    assert shown == [language("en").between(outage.start, outage.end or UNTIL) for outage in newest]


def test_sign_in_by_hour_of_day(answers: dict[str, Any], url: str) -> None:
    hours: dict[int, list[float]] = defaultdict(list)
    over = UNTIL - 60 * MINUTE  # the last hour has no reading after it, so it is not complete yet
    with open_database(url, now=lambda: UNTIL) as database:
        span = {"since": UNTIL - 90 * DAY, "until": over}
        for outcome in database.history.outcomes(target="alma-saml", vantage="server", **span):
            if outcome.status in (Status.UP, Status.SLOW):
                hours[local(outcome.at).hour].append(outcome.latency_ms or 0.0)
    assert len(hours) == 24
    asked = answers["slow"].set_index("hour")
    assert values(asked["answers"]) == {hour: len(seen) for hour, seen in hours.items()}
    # The percentile covers all answers of the ninety days, including a slow week's answers.
    assert values(asked["p95_ms"]) == pytest.approx(
        {hour: sorted(seen)[ceil(0.95 * len(seen)) - 1] for hour, seen in hours.items()}, rel=0.0451
    )


def test_loans_of_the_last_outage(answers: dict[str, Any], dossiers: dict[str, Dossier]) -> None:
    last = list(dossiers.values())[-1]
    shown = {desk.desk: desk.counts.total for desk in last.loans}
    assert {desk: int(number) for desk, number in answers["lent"].sum().items()} == shown
    days = {local(event.at).date() for event in last.events if event.count and event.desk}
    assert {day.date() for day in answers["lent"].index} <= days
    assert last.loans_total == answers["lent"].to_numpy().sum()


def test_refusals_by_reason(
    answers: dict[str, Any], ledger: ReconciliationLedger, dossiers: dict[str, Dossier]
) -> None:
    refused = Counter(
        message for report in ledger.reconciled.reports.values() for _, message in report.refused
    )
    assert values(answers["refused"].sum(axis="columns")) == refused
    assert refused.total() > 0
    for outage, made in dossiers.items():
        own = answers["refused"].get(outage, pd.Series(dtype=int))
        assert dict(made.refused) == {key: count for key, count in own.items() if count}


def test_time_from_the_first_failure_to_the_declaration(
    answers: dict[str, Any], url: str, history: HistoryState, dossiers: dict[str, Dossier]
) -> None:
    noticed = values(answers["noticed"])
    english = language("en")
    with open_database(url, now=lambda: UNTIL) as database:
        for outage, made in dossiers.items():
            declared = made.outage.declared
            seen = database.history.outcomes(since=declared.begun - 30 * MINUTE, until=declared.at)
            first = min(
                outcome.at
                for outcome in seen
                if outcome.target in ("alma-saml", "alma-secours") and outcome.status is Status.DOWN
            )
            assert noticed[outage] == declared.at - first
            (brief,) = [
                line
                for line in sections(made, history.context.handbook.current, english)[0].lines
                if line.startswith("First failure seen: ")
            ]
            length = english.duration(noticed[outage])
            assert brief.endswith(f"link), {length} before it was declared.")
            assert f"{local(first):%H:%M}" in brief
    assert set(noticed) == set(dossiers)


def test_time_from_almas_return_to_the_last_settled_loan(
    answers: dict[str, Any],
    history: HistoryState,
    ledger: ReconciliationLedger,
    dossiers: dict[str, Dossier],
) -> None:
    spans = outage_spans(history.context.folds.outages.records(), UNTIL)
    expected, shown = {}, {}
    for outage, made in dossiers.items():
        back = max(
            downtime.end for downtime in made.observed if downtime.target == "A4" and downtime.end
        )
        loans = outage_loans(UUID(outage), spans, ledger.reconciled.log)
        rows = [ledger.reconciled.row(row.loan.id) for row in (*loans.standing, *loans.void)]
        if made.loans_settled == made.loans_total:
            expected[outage] = max(row.settled[0] for row in rows if row and row.settled) - back
        if made.settled is not None and made.answered is not None:
            shown[outage] = made.settled - made.answered
    assert values(answers["settled"].dropna()) == expected == shown
    assert set(answers["settled"].index) == set(dossiers)
    back = answers["declared"]["answered_at"]
    assert values(back) == {outage: made.answered for outage, made in dossiers.items()}


def test_false_alarms_by_target(answers: dict[str, Any], history: HistoryState) -> None:
    alone = Counter(
        outage.outage.target
        for outage in history.outages
        if not outage.report and not outage.outage.planned
    )
    assert values(answers["false_alarms"]) == alone
    assert answers["false_alarms"].index[0] == alone.most_common(1)[0][0]


def test_false_alarms_and_delay_by_threshold(
    answers: dict[str, Any], url: str, history: HistoryState
) -> None:
    with open_records(url, until=UNTIL) as records:
        for minutes, row in answers["thresholds"].iterrows():
            replayed = records.replayed(minutes * MINUTE)
            alarms = list(replayed[replayed["event"] == "suspected"]["at"])
            assert row["alarms"] == len(alarms)
            first = [
                alarm - record.declared.begun
                for alarm in alarms
                for record in [
                    history.context.folds.outages.declared_between(alarm, alarm + MINUTE)
                ]
                if record is not None
            ]
            assert row["delay"] == median(first)
            planned = [
                alarm
                for alarm in alarms
                if any(work.start <= alarm < work.end for work in history.work)
            ]
            assert row["false"] == len(alarms) - len(first) - len(planned)
    assert list(answers["thresholds"].index) == [3, 8]


def test_everything_of_one_outage(
    answers: dict[str, Any], history: HistoryState, dossiers: dict[str, Dossier]
) -> None:
    folder: Path = answers["folder"]
    outage, made = list(dossiers.items())[-1]
    loans = pd.read_parquet(folder / "loans.parquet")
    assert set(loans["outage"]) == {outage}
    assert len(loans) == made.loans_total + made.loans_void
    for name, frame in answers["last"].all_frames().items():
        assert len(pd.read_parquet(folder / f"{name}.parquet")) == len(frame)
    (route,) = (row for row in ROUTES if row[1] is OutageFilesHandler)
    context = {"context": lambda: history.context}
    answer = http.ask([(*route[:2], context)], f"/dossier/{outage}.zip")
    assert answer.code == 200
    with ZipFile(answer.buffer) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for name in [file.name for file in folder.iterdir() if file.suffix == ".parquet"]:
        taken, written = pd.read_parquet(BytesIO(files[f"parquet/{name}"])), folder / name
        # Pseudonyms differ between exports.
        same = taken.columns.difference(["patron", "operator", "owner", "done_by"])
        pd.testing.assert_frame_equal(taken[same], pd.read_parquet(written)[same])
        assert f"csv/{name.removesuffix('parquet')}csv" in files
    rows = pd.read_csv(BytesIO(files["csv/loans.csv"]))
    assert not set(rows["patron"]) & {
        row.loan.patron for row in history.context.folds.loan_log.rows()
    }

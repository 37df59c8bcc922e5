"""The made-up history is the same for the same seed, and plausible enough to practise on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, pairwise

import pytest

from procedure import frames, open_records
from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.transactions import Export, Loan
from procedure.guide.walk import AnswerGiven
from procedure.handbook.model import Handbook
from procedure.io.database.database import open_database
from procedure.io.handbook_files import load_handbook
from procedure.monitoring.model import FailureCause, Outcome, Status
from procedure.reconciliation.offline_file_export import rewritten
from procedure.records import Records
from procedure.records.sources import PACKAGED_HANDBOOK
from procedure.simulation import Sample, SampleClock
from procedure.simulation.episodes import DAY
from procedure.status_pages.reading_validity import PageStatusReadByStaff
from tests.support.handbooks import HANDBOOKS
from tests.support.memory import recorded

UNTIL = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
DAYS = 33
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def handbook() -> Handbook:
    return load_handbook(PACKAGED_HANDBOOK)


@pytest.fixture(scope="module")
def past(handbook: Handbook) -> Sample:
    return Sample(handbook, until=UNTIL, days=DAYS, seed=7)


@pytest.fixture(scope="module")
def records(past: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    url = f"sqlite:///{tmp_path_factory.mktemp('sample') / 'relais.sqlite3'}"
    clock = SampleClock(past.since)
    with open_database(url, now=clock) as database:
        for day in past.days():
            day.record(database, clock)
    with open_records(url, until=UNTIL) as opened:
        yield opened


def outcomes(sample: Sample) -> list[Outcome]:
    return list(chain.from_iterable(day.outcomes for day in sample.days()))


def test_sample_is_equal_for_equal_seeds(handbook: Handbook) -> None:
    one, same, other = (Sample(handbook, until=UNTIL, days=3, seed=seed) for seed in (7, 7, 8))
    assert (outcomes(one), one.entries) == (outcomes(same), same.entries)
    assert outcomes(one) != outcomes(other)
    assert one.entries != other.entries


def test_outcomes_are_in_order_and_within_the_days(handbook: Handbook, past: Sample) -> None:
    seen = outcomes(past)
    assert all((a.at, a.target) < (b.at, b.target) for a, b in pairwise(seen))
    assert UNTIL - DAYS * DAY <= seen[0].at < seen[-1].at < UNTIL
    assert {outcome.target for outcome in seen} == set(handbook.targets)


def test_year_is_probed_less_often_at_its_start(handbook: Handbook) -> None:
    first, *_, last = Sample(handbook, until=UNTIL, days=70, seed=7).days()
    assert first.intervals["switch"] == 5 * MINUTE
    assert last.intervals["switch"] == MINUTE


def test_failures_have_the_phases_that_they_reached(past: Sample) -> None:
    seen = outcomes(past)
    alma = [
        outcome
        for outcome in seen
        if outcome.target == "alma-saml" and outcome.status is Status.DOWN
    ]
    assert {(outcome.cause, outcome.phase, outcome.http_status) for outcome in alma} == {
        (FailureCause.STATUS, "first_byte", 503),
        (FailureCause.STATUS, "first_byte", 502),
        (FailureCause.TIMEOUT, "first_byte", None),
        (FailureCause.CONTENT, "first_byte", None),
    }
    assert all(outcome.final_url is None and outcome.phases.tls is not None for outcome in alma)
    answered = [outcome for outcome in seen if outcome.status in (Status.UP, Status.SLOW)]
    assert {outcome.http_status for outcome in answered} == {200}
    assert not any("?" in (outcome.final_url or "") for outcome in answered)


def test_downtimes_are_announced_planned_or_overrun(records: Records) -> None:
    alma = records.service_downtimes[records.service_downtimes["target"] == "A4"]
    longer = alma[alma["lasted"] > 20 * MINUTE]
    values = [
        (row["planned"], row["official_lag"] is not None, row["lasted"] > 120 * MINUTE)
        for row in frames.records(longer)
    ]
    assert values == [
        (False, True, True),  # announced and declared
        (True, True, False),  # planned, and finished on time
        (True, True, True),  # planned, then an incident after the planned end
        (False, True, False),  # yesterday's, which was short
    ]


def test_login_fails_once_and_an_address_of_alma_flaps(records: Records) -> None:
    alone = records.downtimes[records.downtimes["target"] == "alma-saml"]
    login = alone[alone["cause"] == "content"]
    assert len(login) == 1
    flaps = alone[(alone["cause"] == "status") & (alone["lasted"] < 5 * MINUTE)]
    assert len(flaps) >= 6


def test_answers_slow_down_in_the_week_before_an_outage(records: Records) -> None:
    daily = records.latency("day")
    begins = records.declared["begun"].min()
    alma = daily[(daily["target"] == "alma-saml") & (daily["start"] < begins - DAY)]
    assert alma["p50_ms"].iloc[-1] > 3 * alma["p50_ms"].iloc[0]


def test_server_was_cut_off_and_has_a_blind_period(records: Records) -> None:
    unknown = records.states[records.states["status"] == "unknown"]
    assert set(unknown["target"]) >= {"alma-saml", "switch", "tickets"}


def test_loans_have_doubts_voids_forgotten_cards_and_paper(records: Records) -> None:
    loans = records.loans
    assert loans["desk"].nunique() >= 3
    assert {"matriculation", "partial"} & set(loans["warning"].dropna())
    assert loans["late"].any()
    assert (loans["state"] == "void").any()
    assert records.past.planned()


def test_second_scans_are_counted_with_their_loan(records: Records) -> None:
    assert records.loans["second_scans"].sum() == 18
    assert records.loans["second_scans"].max() == 1


def test_one_reconciliation_is_signed_and_the_newest_is_open(records: Records) -> None:
    left = records.reconciliation[["to_check", "on_the_way", "to_settle"]].sum(axis="columns")
    newest = records.reconciliation["day"] == records.reconciliation["day"].max()
    assert (left[newest] > 0).all()
    assert (left[~newest] == 0).all()
    assert len(records.signatures) == 1
    assert records.exports["uploaded"].notna().all()
    assert (records.refusals["source"] == "report").all()
    assert len(records.refusals) > 5


def test_files_can_be_rewritten(past: Sample) -> None:
    log = CirculationLog(recorded(*past.entries))
    exports = [entry for entry in past.entries if isinstance(entry, Export)]
    assert [len(rewritten(log, export).splitlines()) for export in exports] == [
        len(export.loans) for export in exports
    ]


def test_journal_has_the_acts_of_an_outage(past: Sample) -> None:
    assert {entry.KIND for entry in past.entries} == {
        "answer",
        "corrected",
        "export",
        "loan",
        "official",
        "outage_declared",
        "outage_ended",
        "outage_news",
        "outage_noted",
        "proved",
        "public_statement",
        "reading",
        "report",
        "report_taken",
        "resolved",
        "return",
        "return_resolved",
        "signed_off",
        "uploaded",
        "void",
        "waiting",
        "window",
    }


def test_sample_of_one_day(handbook: Handbook) -> None:
    assert Sample(handbook, until=UNTIL, days=1, seed=7).entries == []


def test_sample_names_the_system_of_another_handbook() -> None:
    koha = load_handbook(HANDBOOKS / "good-german")
    entries = Sample(koha, until=UNTIL, days=3, seed=7).entries
    assert "Alma" not in "".join(map(str, entries))
    files = [entry for entry in entries if isinstance(entry, Export)]
    assert {(file.format, file.name[-4:]) for file in files} == {("koha", ".koc")}


def test_sample_of_another_library_has_its_addresses_and_cards() -> None:
    koha = load_handbook(PACKAGED_HANDBOOK.parent / "libraries" / "koha-example")
    past = Sample(koha, until=UNTIL, days=3, seed=7)
    down = {outcome.target for outcome in outcomes(past) if outcome.status is Status.DOWN}
    assert down == {"staff"}
    read = {entry.target for entry in past.entries if isinstance(entry, PageStatusReadByStaff)}
    assert read == {"status"}
    answers = [entry for entry in past.entries if isinstance(entry, AnswerGiven)]
    assert [answer.step for answer in answers] == ["A1", "A2", "A3", "A4"]
    assert [line.split()[:3] for answer in answers for line in answer.readings] == [
        ["outside", "server", "up"],
        ["staff", "server", "down"],
    ]
    loans = [entry for entry in past.entries if isinstance(entry, Loan)]
    cards = [loan for loan in loans if koha.scans.form(loan.patron) is not None]
    assert len(loans) > len(cards) > 0.9 * len(loans)
    assert not any(loan.item.startswith("0UGE") for loan in loans)

"""The made-up past: the same from the same seed, and believable enough to practise on."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from procedure.circulation.log import CirculationLog
from procedure.circulation.transactions import Export, Loan, Void
from procedure.guide.walk import AnswerGiven
from procedure.monitoring.downtime import Downtime, availability, downtimes
from procedure.monitoring.model import FailureCause, Status, Target
from procedure.reconciliation.offline_file_export import rewritten
from procedure.simulation.history import DAY, Sample, sample
from tests.support.memory import MemoryJournal
from tests.support.states import states_by_target

UNTIL = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
MINUTES = {
    ("etats-unige", "A1"): 5,
    ("slsp-psi", "A1"): 5,
    ("exlibris-status", "A1"): 5,
    ("switch", "A3"): 1,
    ("alma-saml", "A4"): 1,
    ("alma-secours", "A4"): 1,
    ("tickets", "B2"): 5,
    ("offline-utility", "C1"): 60,
}
TARGETS = [
    Target(key, f"https://{key}.example/?lang=fr", step, timedelta(minutes=minutes))
    for (key, step), minutes in MINUTES.items()
]
DESKS = ["DESK-A", "DESK-B", "DESK-C"]


@pytest.fixture(scope="module")
def past() -> Sample:
    return sample(TARGETS, DESKS, until=UNTIL, seed=7)


@pytest.fixture(scope="module")
def outages(past: Sample) -> list[Downtime]:
    intervals = {target.key: target.interval for target in TARGETS}
    result = states_by_target(past.outcomes, intervals=intervals, until=UNTIL)
    return [outage for mine in result.values() for outage in downtimes(mine)]


def test_the_same_seed_gives_the_same_past_and_another_seed_another(past: Sample) -> None:
    assert sample(TARGETS, DESKS, until=UNTIL, seed=7) == past
    other = sample(TARGETS, DESKS, until=UNTIL, seed=8)
    assert other.outcomes != past.outcomes
    assert other.entries != past.entries


def test_outcomes_come_in_order_and_stay_in_the_days_asked_for(past: Sample) -> None:
    assert all((a.at, a.target) < (b.at, b.target) for a, b in pairwise(past.outcomes))
    assert UNTIL - 5 * DAY <= past.outcomes[0].at < past.outcomes[-1].at < UNTIL
    assert {outcome.target for outcome in past.outcomes} == {target.key for target in TARGETS}


def test_targets_fail_for_different_reasons(outages: list[Downtime]) -> None:
    assert sorted((row.target, row.cause) for row in outages) == [
        ("alma-saml", FailureCause.TIMEOUT),
        ("alma-secours", FailureCause.RESET),
        ("alma-secours", FailureCause.STATUS),
        ("etats-unige", FailureCause.DNS),
        ("offline-utility", FailureCause.STATUS),
        ("slsp-psi", FailureCause.TIMEOUT),
        ("tickets", FailureCause.TLS),
    ]
    assert all(row.end is not None for row in outages)


def test_every_target_has_a_gap_and_a_time_in_which_nothing_was_known(past: Sample) -> None:
    intervals = {target.key: target.interval for target in TARGETS}
    for key, states in states_by_target(past.outcomes, intervals=intervals, until=UNTIL).items():
        spent = availability(states)
        assert timedelta(hours=1) < spent.unread < timedelta(hours=6), key
        assert spent.unknown > timedelta() or intervals[key] > timedelta(minutes=5), key


def test_what_fails_tells_how_far_it_came(past: Sample) -> None:
    failed = {
        (
            outcome.cause,
            outcome.phase,
            outcome.http_status,
            outcome.final_url,
            outcome.phases.tls is not None,
        )
        for outcome in past.outcomes
        if outcome.target == "alma-saml" and outcome.verdict is Status.DOWN
    }
    assert failed == {
        (FailureCause.TIMEOUT, "first_byte", None, None, True),
        (FailureCause.STATUS, "first_byte", 503, None, True),
    }
    refused = [outcome for outcome in past.outcomes if outcome.cause is FailureCause.TLS]
    assert refused
    assert all(
        outcome.phases.connect is not None and outcome.phases.tls is None for outcome in refused
    )


def test_what_answers_has_an_address_without_its_query(past: Sample) -> None:
    answered = [outcome for outcome in past.outcomes if outcome.verdict in (Status.UP, Status.SLOW)]
    assert {outcome.final_url for outcome in answered} == {
        f"https://{t.key}.example/" for t in TARGETS
    }
    assert {outcome.http_status for outcome in answered} == {200}
    slow = [outcome.latency_ms for outcome in answered if outcome.verdict is Status.SLOW]
    assert slow
    assert min(latency or 0 for latency in slow) > 2000


def test_loans_are_recorded_at_two_desks_while_alma_is_down(
    past: Sample, outages: list[Downtime]
) -> None:
    [alma] = [row for row in outages if row.target == "alma-saml"]
    loans = [entry for entry in past.entries if isinstance(entry, Loan)]
    assert alma.end is not None
    assert all(alma.start <= loan.at < alma.end + timedelta(minutes=1) for loan in loans)
    assert {loan.desk for loan in loans} == {"DESK-A", "DESK-B"}
    assert all(count >= 10 for count in Counter(loan.desk for loan in loans).values())


def test_one_desk_exports_its_loans_without_those_taken_back(past: Sample) -> None:
    loans = [entry for entry in past.entries if isinstance(entry, Loan)]
    voided = {entry.loan for entry in past.entries if isinstance(entry, Void)}
    assert voided
    assert voided <= {loan.id for loan in loans}
    [export] = [entry for entry in past.entries if isinstance(entry, Export)]
    assert export.desk == "DESK-A"
    assert export.loans == tuple(
        loan.id for loan in loans if loan.desk == "DESK-A" and loan.id not in voided
    )
    journal = MemoryJournal(lambda: UNTIL, *past.entries)
    content = rewritten(CirculationLog(journal.since()), export)
    assert len(content.splitlines()) == len(export.loans)


def test_the_walk_leads_to_lending_with_the_readings_of_its_steps(past: Sample) -> None:
    answers = [entry for entry in past.entries if isinstance(entry, AnswerGiven)]
    assert [(answer.step, answer.answer) for answer in answers] == [
        ("A1", "no"),
        ("A2", "no"),
        ("A3", "yes"),
        ("A4", "no"),
    ]
    assert len({answer.walk for answer in answers}) == 1
    assert [reading.split()[0:4] for reading in answers[3].readings] == [
        ["alma-saml", "server", "down", "timeout"],
        ["alma-secours", "server", "down", "status"],
    ]


def test_a_journal_takes_every_entry(past: Sample) -> None:
    journal = MemoryJournal(lambda: UNTIL, *past.entries)
    assert journal.position() == len(past.entries)
    assert {entry.KIND for entry in past.entries} == {"answer", "loan", "void", "export"}


def test_more_days_bring_the_episodes_again_and_one_day_brings_its_own() -> None:
    longer = sample(TARGETS[4:5], DESKS, until=UNTIL, days=10, seed=7)
    assert len([entry for entry in longer.entries if isinstance(entry, Export)]) == 2
    shorter = sample(TARGETS[4:5], DESKS, until=UNTIL, days=1, seed=7)
    assert shorter.entries == ()
    assert {outcome.verdict for outcome in shorter.outcomes} == {Status.UP}

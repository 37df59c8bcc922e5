"""A campaign reports every kind of error."""

from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from uuid import UUID

import pytest

from procedure.circulation.transactions import Loan
from tests.campaigns.crashes.verdict import Verdict, judge
from tests.campaigns.crashes.workstation import Workstation


@pytest.fixture
def station() -> Workstation:
    """A workstation with three loans, two of which are acknowledged."""
    made = Workstation(1, "http://127.0.0.1:1", Random(0))
    for _ in range(3):
        made.add_loan()
    made.answers = dict.fromkeys([line["id"] for line in made.made[:2]], "kept")
    return made


def recorded(station: Workstation) -> list[Loan]:
    names = ("desk", "patron", "item", "workstation", "sequence")
    return [
        Loan(id=UUID(line["id"]), at=datetime.now(UTC), **{name: line[name] for name in names})
        for line in station.made
    ]


def test_judge_accepts_loans_kept_once_and_in_order(station: Workstation) -> None:
    assert judge([station], recorded(station)) == Verdict()


def test_judge_counts_an_acknowledged_missing_loan_as_lost(station: Workstation) -> None:
    assert judge([station], recorded(station)[1:2]) == Verdict(lost=1, unsent=2)


def test_judge_counts_a_duplicated_loan(station: Workstation) -> None:
    first, second, third = recorded(station)
    assert judge([station], [first, second, third, third]).doubled == 1
    other = replace(first, id=UUID(int=1), sequence=9)
    assert judge([station], [first, second, third, other]) == Verdict(doubled=1, altered=1)


def test_judge_counts_a_loan_of_another_patron_as_altered(station: Workstation) -> None:
    first, *rest = recorded(station)
    assert judge([station], [replace(first, patron="2999"), *rest]) == Verdict(altered=1)


def test_judge_counts_a_loan_after_a_later_one_as_out_of_order(station: Workstation) -> None:
    first, second, third = recorded(station)
    assert judge([station], [second, first, third]) == Verdict(disordered=1)


def test_judge_counts_a_refused_acknowledged_loan_as_lost(station: Workstation) -> None:
    station.answers[station.made[0]["id"]] = "refused"
    assert judge([station], recorded(station)) == Verdict(not_kept=1)

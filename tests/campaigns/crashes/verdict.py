"""Compares the journal after a campaign with the workstations' loans and the answers to them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from procedure.circulation.transactions import Loan
from procedure.io.clock import utc_now
from procedure.io.database.database import open_database
from tests.campaigns.crashes.workstation import Workstation

_SAME = ("desk", "patron", "item", "workstation", "sequence")


@dataclass(frozen=True)
class Verdict:
    """The number of errors, by kind."""

    lost: int = 0  # acknowledged, but not in the journal
    unsent: int = 0  # made, but not in the journal at the end
    doubled: int = 0  # in the journal more than once, by id or by item
    altered: int = 0  # with values other than the workstation's
    disordered: int = 0  # after a later loan from the same workstation
    not_kept: int = 0  # answered with a state other than `kept`


def judge(stations: Iterable[Workstation], recorded: Sequence[Loan]) -> Verdict:
    """Compare the workstations' loans, each of a different item, with the journal.

    `recorded` holds the journal's loans, in journal order.
    """
    made = {line["id"]: line for station in stations for line in station.made}
    answers = {id_: state for station in stations for id_, state in station.answers.items()}
    ids = Counter(str(loan.id) for loan in recorded)
    items = Counter(loan.item for loan in recorded)
    return Verdict(
        lost=len(answers.keys() - ids.keys()),
        unsent=len(made.keys() - ids.keys()),
        doubled=sum(count - 1 for count in (items if len(items) < len(ids) else ids).values()),
        altered=sum(_differs(loan, made.get(str(loan.id), {})) for loan in recorded),
        disordered=_disordered(recorded),
        not_kept=sum(state != "kept" for state in answers.values()),
    )


def recorded_loans(url: str) -> list[Loan]:
    """Return the loans in a database, in journal order."""
    with open_database(url, role="reader", now=utc_now) as database:
        records = database.journal.since(kinds=[Loan.KIND])
    return [record.entry for record in records if isinstance(record.entry, Loan)]


def _differs(loan: Loan, line: dict[str, Any]) -> bool:
    return any(getattr(loan, name) != line.get(name) for name in _SAME)


def _disordered(recorded: Sequence[Loan]) -> int:
    sequences: dict[str, list[int]] = {}
    for loan in recorded:
        sequences.setdefault(loan.workstation, []).append(loan.sequence or 0)
    return sum(before >= after for own in sequences.values() for before, after in pairwise(own))

"""The entries of a generated outage: answers up to C1, loans at each desk, voids, an export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from procedure.circulation.offline_file import render
from procedure.circulation.offline_layout import USUAL
from procedure.circulation.transactions import Export, Loan, Void
from procedure.guide.walk import AnswerGiven
from procedure.journal import Entry
from procedure.monitoring.model import Outcome, Target
from procedure.reconciliation.export_plan import ExportPlan

WALK = (("A1", "no"), ("A2", "no"), ("A3", "yes"), ("A4", "no"))
VOID_REASONS = ("exemplaire lu deux fois", "mauvais lecteur", "le lecteur a changé d’avis")
# SLSP's cards, new and old form, and Geneva's ten digits.
PATRON_FORMATS = ("SLSP000{:06d}", "SLSP-000{:06d}", "2060{:06d}")
ITEM_FORMATS = ("1060{:06d}", "0UGE{:07d}", "0000{:06d}")


def seeded_random(seed: int, name: str) -> Random:
    """Return a generator for one part of the history, independent of those of other parts."""
    return Random(f"{seed}/{name}")  # noqa: S311 - it must be reproducible, and keeps no secret


def outage_entries(
    begins: datetime,
    ends: datetime,
    desks: Sequence[str],
    outcomes: Sequence[Outcome],
    targets: Sequence[Target],
    *,
    seed: int,
) -> list[Entry]:
    """Return the entries of one outage, with the readings that the screens showed then.

    Lending starts some minutes after the outage and continues until its end; the first desk
    exports its loans afterwards.
    """
    chance = seeded_random(seed, begins.isoformat())
    entries: list[Entry] = list(_walk(begins, outcomes, targets, chance))
    for number, desk in enumerate(desks):
        loans = list(_loans(begins + timedelta(minutes=9), ends, desk, chance))
        voids = [_void(loan, chance) for loan in loans if chance.random() < 0.05]
        entries += [*loans, *voids]
        if number == 0:
            entries.append(_export(ends + timedelta(minutes=40), desk, loans, voids, chance))
    return entries


def _walk(
    begins: datetime, outcomes: Sequence[Outcome], targets: Sequence[Target], chance: Random
) -> Iterator[AnswerGiven]:
    walk = _uuid(chance)
    for number, (step, answer) in enumerate(WALK):
        at = begins + timedelta(minutes=5, seconds=25 * number)
        shown = (_reading(target, at, outcomes) for target in targets if target.step == step)
        yield AnswerGiven(
            *(_uuid(chance), at, walk, step, answer),
            workstation="PRET-01",
            initials="mb",
            readings=tuple(reading for reading in shown if reading),
        )


def _reading(target: Target, at: datetime, outcomes: Sequence[Outcome]) -> str:
    own = (outcome for outcome in outcomes if outcome.target == target.key)
    newest = [outcome for outcome in own if outcome.at <= at][-1:]
    return "".join(
        f"{outcome.target} {outcome.vantage} {outcome.verdict} {outcome.cause or '-'} "
        f"{outcome.at:%Y-%m-%dT%H:%M:%SZ}"
        for outcome in newest
    )


def _loans(at: datetime, ends: datetime, desk: str, chance: Random) -> Iterator[Loan]:
    sequence = 0
    while (at := at + timedelta(seconds=chance.expovariate(1 / 150))) < ends:
        patron = _identifier(PATRON_FORMATS, chance)
        for _ in range(chance.choice((1, 1, 2, 2, 3, 5))):
            sequence += 1
            yield Loan(
                *(_uuid(chance), at, desk, patron, _identifier(ITEM_FORMATS, chance)),
                workstation=f"{desk}-1",
                operator="mb",
                sequence=sequence,
            )
            at += timedelta(seconds=chance.uniform(3, 9))


def _void(loan: Loan, chance: Random) -> Void:
    at = loan.at + timedelta(seconds=chance.uniform(20, 90))
    return Void(
        *(_uuid(chance), at, loan.id, chance.choice(VOID_REASONS)),
        workstation=loan.workstation,
        operator=loan.operator,
    )


def _export(
    at: datetime, desk: str, loans: Sequence[Loan], voids: Sequence[Void], chance: Random
) -> Export:
    voided = {void.loan for void in voids}
    rendered = render([loan for loan in loans if loan.id not in voided])
    return ExportPlan(desk, rendered, USUAL, position=0).export(
        _uuid(chance), at, f"{desk}-1", "mb"
    )


def _identifier(formats: Sequence[str], chance: Random) -> str:
    return chance.choice(formats).format(chance.randrange(1_000_000))


def _uuid(chance: Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)

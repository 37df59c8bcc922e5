"""The loans of a made-up outage: the walk to C1, a queue at each desk, voids, and an export."""

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
PATRON_FORMS = ("SLSP000{:06d}", "SLSP-000{:06d}", "2060{:06d}")
ITEM_FORMS = ("1060{:06d}", "0UGE{:07d}", "0000{:06d}")


def chance_from(seed: int, place: str) -> Random:
    """Return the chances of one place in the past: its own, so that none disturbs another."""
    return Random(f"{seed}/{place}")  # noqa: S311 - it must come again, and keeps no secret


def lending(
    begins: datetime,
    ends: datetime,
    desks: Sequence[str],
    seen: Sequence[Outcome],
    targets: Sequence[Target],
    *,
    seed: int,
) -> list[Entry]:
    """Make up what was entered in one outage, with the readings that the screens then showed.

    Lending starts some minutes after the outage and goes on until its end; the first desk
    exports its loans afterwards.
    """
    chance = chance_from(seed, begins.isoformat())
    entries: list[Entry] = list(_walk(begins, seen, targets, chance))
    for number, desk in enumerate(desks):
        loans = list(_loans(begins + timedelta(minutes=9), ends, desk, chance))
        voids = [_void(loan, chance) for loan in loans if chance.random() < 0.05]
        entries += [*loans, *voids]
        if number == 0:
            entries.append(_export(ends + timedelta(minutes=40), desk, loans, voids, chance))
    return entries


def _walk(
    begins: datetime, seen: Sequence[Outcome], targets: Sequence[Target], chance: Random
) -> Iterator[AnswerGiven]:
    walk = _uuid(chance)
    for number, (step, answer) in enumerate(WALK):
        at = begins + timedelta(minutes=5, seconds=25 * number)
        shown = (_reading(target, at, seen) for target in targets if target.step == step)
        yield AnswerGiven(
            *(_uuid(chance), at, walk, step, answer),
            workstation="PRET-01",
            initials="mb",
            readings=tuple(reading for reading in shown if reading),
        )


def _reading(target: Target, at: datetime, seen: Sequence[Outcome]) -> str:
    newest = [outcome for outcome in seen if outcome.target == target.key and outcome.at <= at][-1:]
    return "".join(
        f"{outcome.target} {outcome.vantage} {outcome.verdict} {outcome.cause or '-'} "
        f"{outcome.at:%Y-%m-%dT%H:%M:%SZ}"
        for outcome in newest
    )


def _loans(at: datetime, ends: datetime, desk: str, chance: Random) -> Iterator[Loan]:
    sequence = 0
    while (at := at + timedelta(seconds=chance.expovariate(1 / 150))) < ends:
        patron = _made_up(PATRON_FORMS, chance)
        for _ in range(chance.choice((1, 1, 2, 2, 3, 5))):
            sequence += 1
            yield Loan(
                *(_uuid(chance), at, desk, patron, _made_up(ITEM_FORMS, chance)),
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


def _made_up(forms: Sequence[str], chance: Random) -> str:
    return chance.choice(forms).format(chance.randrange(1_000_000))


def _uuid(chance: Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)

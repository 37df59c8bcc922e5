"""A desk's work while Alma is down: loans, voids, doubtful scans, forgotten cards and returns."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from procedure.circulation.lending_rules import decide_on_loan, void
from procedure.circulation.list_advice import ListAdvice, Reason
from procedure.circulation.pending_loans import checked_pending, complete
from procedure.circulation.scan_classification import with_scan_warning
from procedure.circulation.scan_rules import ScanKind, ScanRules
from procedure.circulation.transaction_checks import checked_return
from procedure.circulation.transactions import Loan, PendingLoan, Return
from procedure.journal import Entry
from procedure.simulation.diary import VOID_REASONS, Diary, PlannedAct
from procedure.simulation.made_up_barcodes import made_up_card, made_up_item

# SLSP's cards in the new and the old format, and Geneva's ten-digit cards.
PATRON_FORMATS = ("SLSP000{:06d}", "SLSP-000{:06d}", "2060{:06d}")
ITEM_FORMATS = ("1060{:06d}", "0UGE{:07d}", "0000{:06d}")
# A matriculation number in place of a card number, and a partially scanned card.
DOUBTFUL_FORMATS = ("{:08d}", "SLSP00{:04d}")
_TOO_SHORT = ("{:08d}", "{:06d}")
OPERATORS = ("mb", "jl", "sk", "ap")
_READS_TWICE, _FORGETS_CARD, _IS_DOUBTFUL, _IS_VOID, _IS_RETURN = 0.03, 0.03, 0.03, 0.04, 0.2
_WRITES_ON_PAPER = timedelta(minutes=6)
_IS_LISTED, _SINCE_EXPORT = 0.04, timedelta(hours=8)
_LISTED = (Reason.CARD_BLOCKED, Reason.ITEM_NOT_FOR_LOAN, Reason.ITEM_UNKNOWN)


def seeded_random(seed: int, name: str) -> Random:
    """Return a random generator for one part of the history, independent of the other parts."""
    return Random(f"{seed}/{name}")  # noqa: S311 - must be reproducible, protects no secret


def identifier(formats: Sequence[str], chance: Random) -> str:
    """Return a made-up number in one of these formats."""
    return chance.choice(formats).format(chance.randrange(1_000_000))


class DeskDay:
    """One desk's activity during an outage, `begins <= t < ends` (UTC).

    Cards and items have SLSP's and Geneva's formats if the library uses cards in one of these
    formats, and otherwise the library's own formats.
    """

    def __init__(
        self, desk: str, begins: datetime, ends: datetime, rules: ScanRules, chance: Random
    ) -> None:
        self._desk, self._begins, self._ends, self._chance = desk, begins, ends, chance
        usual = map(rules.form, (form.format(0) for form in PATRON_FORMATS))
        self._rules = None if any(form and form.kind is ScanKind.CARD for form in usual) else rules
        self._by: dict[str, Any] = {
            "workstation": f"{desk}-1",
            "operator": chance.choice(OPERATORS),
        }
        self._sequence = 0

    def acts(self) -> Iterator[PlannedAct]:
        """Yield the scans and voids; the first loans are written on paper and entered later."""
        at, chance = self._begins, self._chance
        while (at := at + timedelta(seconds=chance.expovariate(1 / 150))) < self._ends:
            if chance.random() < _IS_RETURN:
                yield at, partial(self._return, item=self._item())
            doubtful = chance.random() < _IS_DOUBTFUL
            patron = self._doubtful() if doubtful else self._card()
            for _ in range(chance.choice((1, 1, 2, 2, 3, 5))):
                at += timedelta(seconds=chance.uniform(3, 9))
                yield from self._scan(at, patron)

    def _scan(self, at: datetime, patron: str) -> Iterator[PlannedAct]:
        chance, item = self._chance, self._item()
        if chance.random() < _FORGETS_CARD:
            yield from self._forgotten_card(at, patron, item)
            return
        on_paper = at < self._begins + _WRITES_ON_PAPER
        entered = self._begins + timedelta(minutes=20) if on_paper else at
        loan = partial(self._lend, patron=patron, item=item, lent=at, late=on_paper)
        yield entered, loan
        if not on_paper and chance.random() < _READS_TWICE:
            yield at + timedelta(seconds=3), partial(loan, lent=at + timedelta(seconds=3))
        if chance.random() < _IS_VOID:
            yield (
                entered + timedelta(seconds=chance.uniform(20, 90)),
                partial(self._void, item=item),
            )

    def _lend(
        self, diary: Diary, _: datetime, *, patron: str, item: str, lent: datetime, late: bool
    ) -> Iterable[Entry]:
        loan = diary.entry(Loan, lent, patron=patron, item=item, late=late, **self._scanned())
        loan = replace(loan, told=_advice(item, lent))
        return [decide_on_loan(diary.log, with_scan_warning(loan, diary.rules)).loan]

    def _void(self, diary: Diary, at: datetime, *, item: str) -> Iterable[Entry]:
        standing = [row for row in diary.log.rows(item=item) if row.is_valid]
        reason = self._chance.choice(VOID_REASONS)
        return [
            void(diary.log, row.loan.id, reason, void_id=diary.new_id(), at=at, **self._by)
            for row in standing[-1:]
        ]

    def _return(self, diary: Diary, at: datetime, *, item: str) -> Iterable[Entry]:
        return [checked_return(diary.entry(Return, at, item=item, **self._scanned()))]

    def _forgotten_card(self, at: datetime, patron: str, item: str) -> Iterator[PlannedAct]:
        pending: list[PendingLoan] = []

        def leave(diary: Diary, at: datetime) -> Iterable[Entry]:
            made = diary.entry(PendingLoan, at, item=item, **self._scanned())
            pending.append(checked_pending(made))
            return pending

        def come_back(diary: Diary, _: datetime) -> Iterable[Entry]:
            loan = with_scan_warning(
                complete(pending[0], patron, operator=pending[0].operator), diary.rules
            )
            return [decide_on_loan(diary.log, loan).loan]

        yield at, leave
        if self._chance.random() < 2 / 3:
            yield at + timedelta(minutes=25), come_back

    def _card(self) -> str:
        if self._rules is not None:
            return made_up_card(self._rules, self._chance)
        return identifier(PATRON_FORMATS, self._chance)

    def _doubtful(self) -> str:
        return identifier(DOUBTFUL_FORMATS if self._rules is None else _TOO_SHORT, self._chance)

    def _item(self) -> str:
        if self._rules is not None:
            return made_up_item(self._rules, self._chance)
        return identifier(ITEM_FORMATS, self._chance)

    def _scanned(self) -> dict[str, object]:
        self._sequence += 1
        return {"desk": self._desk, "sequence": self._sequence, **self._by}


def _advice(item: str, lent: datetime) -> tuple[ListAdvice, ...]:
    """Return the warnings that last night's lists give about a loan; the desk ignores them."""
    chance = seeded_random(0, item)
    if chance.random() >= _IS_LISTED:
        return ()
    return (ListAdvice(chance.choice(_LISTED), lent - _SINCE_EXPORT),)

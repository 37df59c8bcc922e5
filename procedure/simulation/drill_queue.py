"""A drill: a typical outage, the patrons queuing at the desk with their items, and the result."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from random import Random

from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.scan_rules import ScanRules
from procedure.circulation.transactions import Loan
from procedure.diagnosis.scenario import Scenario, ScenarioOutcome
from procedure.guide.walk import AnswerGiven
from procedure.handbook.model import OF_THE_SYSTEM, Handbook
from procedure.journal import Recorded
from procedure.monitoring.model import SERVER, Status, Vantage
from procedure.outages.outage_entries import OutageDeclared
from procedure.simulation.alma.world import Stock, stock_of
from procedure.simulation.desk_day import seeded_random
from procedure.simulation.made_up_barcodes import made_up_card, made_up_item


@dataclass(frozen=True, slots=True)
class QueuedPatron:
    """A patron in the queue: a card number, and the barcodes of the patron's items."""

    patron: str
    items: tuple[str, ...]


def drill_queue(count: int, rules: ScanRules, seed: int = 0) -> tuple[QueuedPatron, ...]:
    """Return `count` patrons with one to three items each; the same seed gives the same queue."""
    chance = seeded_random(seed, "queue")
    used = set[str]()

    def new(made_up: Callable[[ScanRules, Random], str]) -> str:
        while (code := made_up(rules, chance)) in used:
            pass
        used.add(code)
        return code

    return tuple(
        QueuedPatron(
            new(made_up_card), tuple(new(made_up_item) for _ in range(chance.choice((1, 2, 3))))
        )
        for _ in range(count)
    )


def queue_stock(queue: Iterable[QueuedPatron], desks: dict[str, str]) -> Stock:
    """Return a stock with the queue's patrons and items; `desks` maps desk codes to libraries."""
    queue = tuple(queue)
    items = [item for queued in queue for item in queued.items]
    return stock_of(items, [queued.patron for queued in queue], desks)


@dataclass(frozen=True, slots=True)
class DrillReport:
    """The result of a drill; times are aware UTC, or None before the event.

    - `answered`: the time of the last answer in the guide before the outage was declared.
    - `returned`: the time at which the library system answered again.
    - `queued`: the number of items in the queue.
    - `lent`: the number of the queue's items that were lent to the right patron.
    - `wrong`: the number of loans of the queue's items to somebody else.
    - `extra`: the number of loans of other items.
    - `doubtful`: the number of loans with a doubtful scan.
    - `voided`: the number of voided loans.
    """

    began: datetime
    answered: datetime | None
    declared: datetime | None
    first_loan: datetime | None
    returned: datetime | None
    queued: int
    lent: int
    wrong: int
    extra: int
    doubtful: int
    voided: int

    @property
    def errors(self) -> int:
        """The number of scanning errors: wrong patrons, items not in the queue, and voids."""
        return self.wrong + self.extra + self.voided


def lent_items(queue: Iterable[QueuedPatron], records: Iterable[Recorded]) -> frozenset[str]:
    """Return the queue's items that were lent to the right patron."""
    owners = {item: queued.patron for queued in queue for item in queued.items}
    rows = CirculationLog(records).rows()
    return frozenset(
        row.loan.item
        for row in rows
        if row.is_valid and owners.get(row.loan.item, "").casefold() == row.loan.patron.casefold()
    )


def drill_report(
    queue: Iterable[QueuedPatron],
    records: Iterable[Recorded],
    *,
    began: datetime,
    returned: datetime | None,
) -> DrillReport:
    """Return the result of a drill so far, computed from its journal."""
    queue, records = tuple(queue), tuple(records)
    owners = {item: queued.patron for queued in queue for item in queued.items}
    entries = [record.entry for record in records]
    declared = next((entry.at for entry in entries if isinstance(entry, OutageDeclared)), None)
    answers = [entry.at for entry in entries if isinstance(entry, AnswerGiven)]
    asked = [at for at in answers if declared is None or at <= declared]
    loans = [entry for entry in entries if isinstance(entry, Loan)]
    rows = CirculationLog(records).rows()
    standing = [row.loan for row in rows if row.is_valid]
    lent = lent_items(queue, records)
    kinds = Counter(_kind(loan, owners, lent) for loan in standing)
    return DrillReport(
        began=began,
        answered=max(asked, default=None),
        declared=declared,
        first_loan=min((loan.at for loan in loans), default=None),
        returned=returned,
        queued=len(owners),
        lent=len(lent),
        wrong=kinds["wrong"],
        extra=kinds["extra"],
        doubtful=sum(loan.warning is not None for loan in standing),
        voided=len(rows) - len(standing),
    )


def _kind(loan: Loan, owners: dict[str, str], lent: frozenset[str]) -> str:
    if loan.item not in owners:
        return "extra"
    return "right" if loan.item in lent else "wrong"


def usual_outage(handbook: Handbook, start: datetime) -> Scenario:
    """Return an outage, starting at `start` (aware UTC), that makes the library system unreachable.

    Everything else answers, and the status pages report nothing. The first site has two
    workstations that probe, and every other site has one.
    """
    sites = list(dict.fromkeys(desk.site for desk in handbook.desks.values()))
    places = [*sites[:1], *sites]
    vantages = [Vantage(f"{site} {number}", site) for number, site in enumerate(places, 1)]
    down = [
        key for key, target in handbook.targets.items() if OF_THE_SYSTEM.intersection(target.means)
    ]
    outcomes = [
        ScenarioOutcome(at=0, vantage=vantage.key, target=target, status=Status.DOWN)
        for target in down
        for vantage in (SERVER, *vantages)
    ]
    name = f"{handbook.library.system} down"
    return Scenario(name, start, tuple(vantages), tuple(outcomes), (), (), ())

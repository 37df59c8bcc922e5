"""A made-up working day with every kind of trouble: the desks' loans, and a stand-in for Alma."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

from procedure.io.alma.client import AlmaApi, Keys, open_alma
from procedure.local_time import local
from procedure.simulation.alma.request_gate import RequestGate
from procedure.simulation.alma.server import FakeAlma
from procedure.simulation.alma.world import AlmaLoan, AlmaUser, Desk, Item, Stock, World
from tests.support.alma import listening
from tests.support.clock import Clock

BEGAN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # 08:00 in Geneva
NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
DESKS = tuple(f"DESK{number}" for number in range(10))
KEYS = Keys("k-read", "k-write", "k-network")
# Kind of trouble -> the row's result in Alma's report, and whether the API shows the trouble.
TROUBLES: dict[str, tuple[str, bool]] = {
    "item_not_found": ("item_not_found", True),
    "item_elsewhere": ("item_not_found", True),
    "user_not_found": ("user_not_found", True),
    "user_in_network": ("user_not_found", True),
    "other_identifier": ("user_not_found", True),
    "on_loan_other": ("on_loan", True),
    "later_action": ("later_action", True),
    "returned_too_early": ("later_action", False),
    "on_hold_shelf": ("on_hold_shelf", True),
    "wrong_desk": ("wrong_desk", True),
    "user_blocked": ("blocked", True),
    "card_expired": ("blocked", True),
    "due_at_risk": ("done", True),
    "renewal": ("done", True),
    "lent_twice": ("on_loan", True),
    "clock_off": ("done", True),
}
T = TypeVar("T")


@dataclass
class Lent:
    """A row as a desk wrote it, and the trouble planted in it."""

    minute: int
    desk: str
    item: str
    patron: str
    trouble: str = ""

    @property
    def at(self) -> datetime:
        return BEGAN + timedelta(minutes=self.minute)

    def line(self) -> str:
        return f"{local(self.at):%Y%m%d%H%M}L{self.item:<80}{self.patron}\r\n"


@dataclass
class Day:
    """The rows of all desks, and a stand-in for Alma that matches them."""

    rows: list[Lent]
    stand_in: FakeAlma
    clock: Clock = field(default_factory=lambda: Clock(NOW))

    def file(self, desk: str) -> bytes:
        """Return the file that Alma's offline utility would have saved at the desk."""
        return "".join(row.line() for row in self.rows if row.desk == desk).encode()

    def ask(self, what: Callable[[AlmaApi], Awaitable[T]], **more: Any) -> T:
        """Call a function with an API client on a real socket, at a practically unlimited rate."""

        async def asking() -> T:
            options: dict[str, Any] = {
                "keys": KEYS,
                "rate": 10_000,
                "margin": 0,
                "now": self.clock,
                "new_id": uuid4,
                "sleep": lambda _: asyncio.sleep(0),
                **more,
            }
            async with (
                listening(self.stand_in) as port,
                open_alma(f"http://127.0.0.1:{port}", **options) as api,
            ):
                return await what(api)

        return asyncio.run(asking())


def day(
    count: int, each: int, *, troubles: Sequence[str] = tuple(TROUBLES), desks: int = len(DESKS)
) -> Day:
    """Make up a day of `count` loans at `desks` desks; each of `troubles` affects `each` loans."""
    kinds = [kind for kind in troubles for _ in range(each)]
    rows = [
        Lent(number % 230, DESKS[number % desks], f"10600{number:05}", f"207{number // 3:07}")
        for number in range(count)
    ]
    stock = Stock(desks=[Desk(code, "MAIN", ("MAIN",)) for code in DESKS], terms={"1H": 1.0})
    for row in rows:
        stock.items.append(_copy(row.item))
    stock.users = [_user(patron) for patron in dict.fromkeys(row.patron for row in rows)]
    step = count // len(kinds)
    for number, kind in enumerate(kinds):
        _plant(kind, rows, number * step, stock)
    gate = RequestGate(KEYS.read, KEYS.write, KEYS.network, per_second=10**9)
    result = Day(rows, FakeAlma(World(stock), gate))
    result.stand_in.now = result.clock
    return result


def _copy(barcode: str, **more: Any) -> Item:
    number = barcode[-5:]
    return Item(barcode, f"23{number}", f"99{number}", f"22{number}", **{"library": "MAIN", **more})


def _user(patron: str, **more: Any) -> AlmaUser:
    return AlmaUser(f"{patron}@eduid.ch", (("01", patron), ("04", f"m-{patron}")), **more)


def _plant(kind: str, rows: list[Lent], at: int, stock: Stock) -> None:
    row = rows[at]
    row.trouble = kind
    item = next(item for item in stock.items if item.barcode == row.item)
    # The row gets a patron of its own, so that a block does not affect other rows.
    row.patron = f"307{at:07}"
    own = _user(row.patron)
    _PLANTS[kind](row, item, own, stock, rows[at + 1])
    if row.patron == own.primary_id[:10]:
        stock.users.append(own)


def _unknown_item(row: Lent, item: Item, user: AlmaUser, stock: Stock, after: Lent) -> None:
    stock.items.remove(item)


def _item_elsewhere(row: Lent, item: Item, user: AlmaUser, stock: Stock, after: Lent) -> None:
    stock.items.remove(item)
    stock.elsewhere_items.append(item)


def _unknown_user(row: Lent, item: Item, user: AlmaUser, stock: Stock, after: Lent) -> None:
    row.patron = f"nobody-{row.patron}"


def _user_elsewhere(row: Lent, item: Item, user: AlmaUser, stock: Stock, after: Lent) -> None:
    row.patron = f"SLSP{row.patron[1:]}"
    stock.elsewhere_users.append(_user(row.patron))


def _matriculation(row: Lent, item: Item, user: AlmaUser, stock: Stock, after: Lent) -> None:
    stock.users.append(user)
    row.patron = f"m-{row.patron}"


def _held(row: Lent, item: Item, user: AlmaUser, stock: Stock, after: Lent) -> None:
    _lend(stock, item, "somebody@eduid.ch", BEGAN - timedelta(days=3))


def _lent_since(row: Lent, item: Item, user: AlmaUser, stock: Stock, after: Lent) -> None:
    _lend(stock, item, "somebody@eduid.ch", row.at + timedelta(hours=1))


def _lend(stock: Stock, item: Item, user: str, at: datetime) -> None:
    loan = AlmaLoan(
        f"old-{item.barcode}", user, item.barcode, DESKS[0], "MAIN", at, NOW + timedelta(days=9)
    )
    item.process, item.last_action = "LOAN", at
    stock.loans.append(loan)


def _scanned_in(row: Lent, item: Item, user: AlmaUser, stock: Stock, after: Lent) -> None:
    item.last_action = row.at + timedelta(minutes=30)


def _kept(row: Lent, item: Item, user: AlmaUser, stock: Stock, after: Lent) -> None:
    item.process, item.waits_for = "HOLDSHELF", "somebody@eduid.ch"


def _other_library(row: Lent, item: Item, user: AlmaUser, stock: Stock, after: Lent) -> None:
    item.library = "ARVE"


def _blocked(row: Lent, item: Item, user: AlmaUser, stock: Stock, after: Lent) -> None:
    user.blocks = ("FINES",)


def _expired(row: Lent, item: Item, user: AlmaUser, stock: Stock, after: Lent) -> None:
    user.expires = BEGAN


def _short(row: Lent, item: Item, user: AlmaUser, stock: Stock, after: Lent) -> None:
    item.policy = "1H"


def _renewal(row: Lent, item: Item, user: AlmaUser, stock: Stock, after: Lent) -> None:
    _lend(stock, item, user.primary_id, BEGAN - timedelta(days=3))


def _twice(row: Lent, item: Item, user: AlmaUser, stock: Stock, after: Lent) -> None:
    """Lend the item to somebody else a minute earlier, at the desk whose file is uploaded first."""
    first = Lent(row.minute - 1, DESKS[0], row.item, after.patron)
    row.desk = DESKS[1]
    stock.items.remove(next(item for item in stock.items if item.barcode == after.item))
    after.__dict__.update(first.__dict__)


def _clock_off(row: Lent, item: Item, user: AlmaUser, stock: Stock, after: Lent) -> None:
    row.minute = round((NOW - BEGAN).total_seconds() / 60) + 180


_PLANTS: dict[str, Callable[[Lent, Item, AlmaUser, Stock, Lent], None]] = {
    "item_not_found": _unknown_item,
    "item_elsewhere": _item_elsewhere,
    "user_not_found": _unknown_user,
    "user_in_network": _user_elsewhere,
    "other_identifier": _matriculation,
    "on_loan_other": _held,
    "later_action": _lent_since,
    "returned_too_early": _scanned_in,
    "on_hold_shelf": _kept,
    "wrong_desk": _other_library,
    "user_blocked": _blocked,
    "card_expired": _expired,
    "due_at_risk": _short,
    "renewal": _renewal,
    "lent_twice": _twice,
    "clock_off": _clock_off,
}

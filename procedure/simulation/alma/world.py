"""The simulation's data in memory: items, users, loans, desks and terms of use."""

from collections import UserDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

# The types of barcodes: edu-ID (01), network zone (02) and institution (03) [C: SLSP's letters].
BARCODE_TYPES = ("01", "02", "03")
USUAL_TERM = timedelta(days=28)


@dataclass(slots=True)
class Item:
    """A copy of a title; `policy` names its terms of use.

    `process` is empty for an item in place, or `LOAN`, `HOLDSHELF`, `TRANSIT` or `MISSING`.
    `waits_for` is the primary id of the user for whom the item is on the hold shelf. `last_action`
    is when the item was last lent or scanned in.
    """

    barcode: str
    pid: str
    mms_id: str
    holding_id: str
    library: str
    title: str = ""
    location: str = "STACKS"
    policy: str = ""
    process: str = ""
    waits_for: str = ""
    lendable: bool = True
    last_action: datetime | None = None


@dataclass(slots=True)
class AlmaUser:
    """An account; `identifiers` are pairs of type and value, and `blocks` are codes of blocks.

    `expires` is when the card expires (aware); `limit` is how many loans the terms allow.
    """

    primary_id: str
    identifiers: tuple[tuple[str, str], ...] = ()
    blocks: tuple[str, ...] = ()
    expires: datetime | None = None
    limit: int | None = None
    first_name: str = "Camille"
    last_name: str = "Test"


@dataclass(slots=True)
class AlmaLoan:
    """A loan, active until `returned`; times are aware UTC."""

    loan_id: str
    user: str
    item: str
    desk: str
    library: str
    loan_date: datetime
    due_date: datetime
    returned: datetime | None = None


@dataclass(slots=True)
class Desk:
    """A circulation desk, and the libraries whose items may be lent there (empty for all)."""

    code: str
    library: str
    serves: tuple[str, ...] = ()

    def lends(self, item: Item) -> bool:
        return not self.serves or item.library in self.serves


@dataclass(slots=True)
class Stock:
    """The content of a world, as stored in a file; see `World`.

    `elsewhere_users` and `elsewhere_items` exist only in the network zone. `terms` are the loan
    periods in hours, by item policy.
    """

    items: list[Item] = field(default_factory=list[Item])
    users: list[AlmaUser] = field(default_factory=list[AlmaUser])
    desks: list[Desk] = field(default_factory=list[Desk])
    loans: list[AlmaLoan] = field(default_factory=list[AlmaLoan])
    elsewhere_users: list[AlmaUser] = field(default_factory=list[AlmaUser])
    elsewhere_items: list[Item] = field(default_factory=list[Item])
    terms: dict[str, float] = field(default_factory=dict[str, float])


class Users(UserDict[str, AlmaUser]):
    """Accounts, found by any of their identifiers, ignoring case [D]."""

    def __getitem__(self, key: str) -> AlmaUser:
        return super().__getitem__(key.casefold())

    def __setitem__(self, key: str, item: AlmaUser) -> None:
        super().__setitem__(key.casefold(), item)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and super().__contains__(key.casefold())


class World:
    """The institution and its network zone: items by barcode and pid, users by any identifier."""

    def __init__(self, stock: Stock) -> None:
        self.items = {item.barcode: item for item in stock.items}
        self.by_pid = {item.pid: item for item in stock.items}
        self.users = _by_identifier(stock.users)
        self.desks = {desk.code: desk for desk in stock.desks}
        self.loans = {loan.loan_id: loan for loan in stock.loans}
        self.network_users = _by_identifier([*stock.users, *stock.elsewhere_users])
        self.network_items = self.items | {item.barcode: item for item in stock.elsewhere_items}
        self._terms = {name: timedelta(hours=hours) for name, hours in stock.terms.items()}
        self._active: dict[str, list[AlmaLoan]] = {}
        for loan in stock.loans:
            if loan.returned is None:
                self._active.setdefault(loan.item, []).append(loan)

    def term(self, item: Item) -> timedelta:
        """Return the loan period for an item."""
        return self._terms.get(item.policy, USUAL_TERM)

    def active(self, item: Item) -> AlmaLoan | None:
        """Return an item's newest active loan, or None if it is not on loan."""
        loans = self._active.get(item.barcode)
        return loans[-1] if loans else None

    def loans_of(self, user: AlmaUser, *, active: bool = True) -> list[AlmaLoan]:
        """Return a user's active or completed loans."""
        return [
            loan
            for loan in self.loans.values()
            if loan.user == user.primary_id and (loan.returned is None) == active
        ]

    def add_loan(
        self, user: AlmaUser, item: Item, desk: Desk, at: datetime, due: datetime
    ) -> AlmaLoan:
        """Add and return a new loan without any checks."""
        loan = AlmaLoan(
            loan_id=str(len(self.loans) + 1),
            user=user.primary_id,
            item=item.barcode,
            desk=desk.code,
            library=desk.library,
            loan_date=at,
            due_date=due,
        )
        self.loans[loan.loan_id] = loan
        self._active.setdefault(item.barcode, []).append(loan)
        item.process, item.waits_for, item.last_action = "LOAN", "", at
        return loan

    def end_loan(self, item: Item, at: datetime) -> AlmaLoan | None:
        """End and return an item's active loan, if there is one."""
        loans = self._active.get(item.barcode)
        item.last_action = at
        item.process = ""
        if not loans:
            return None
        loan = loans.pop()
        loan.returned = at
        return loan


def _by_identifier(users: Iterable[AlmaUser]) -> Users:
    by_identifier = Users()
    for user in users:
        by_identifier[user.primary_id] = user
        by_identifier.update((value, user) for _, value in user.identifiers)
    return by_identifier


def stock_of(items: Iterable[str], patrons: Iterable[str], desks: Mapping[str, str]) -> Stock:
    """Return a stock with these item barcodes, user identifiers, and libraries by desk code.

    Every item belongs to the first library, and every identifier has its own account.
    """
    library = next(iter(desks.values()), "MAIN")
    return Stock(
        items=[
            Item(barcode, f"23{number:08}", f"99{number:08}", f"22{number:08}", library)
            for number, barcode in enumerate(dict.fromkeys(items), start=1)
        ],
        users=[
            AlmaUser(f"{number:012}@eduid.ch", (("01", patron),))
            for number, patron in enumerate(dict.fromkeys(patrons), start=1)
        ],
        desks=[Desk(code, library) for code, library in desks.items()],
    )

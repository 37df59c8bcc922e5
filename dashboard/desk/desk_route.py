"""The base class of the desk page's routes, and the limits on messages.

Behind a proxy or a VDI host, many workstations share an address. A client that floods the server,
perhaps with a new name for each message, must not use up the other workstations' share.
"""

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from dashboard.core.authorised_handler import AuthorisedHandler
from dashboard.core.context import AppContext
from dashboard.desk.bundle import Bundle, bundle
from dashboard.loans.transactions.intake import TransactionIntake
from procedure.handbook.model import Handbook

# Messages per second, and in a single burst. A message has up to 200 transactions.
SHARED = (50, 1000)  # per address
RESERVED = (50, 500)  # per address, for modest workstations
OWN = (1, 20)  # a known workstation within this limit is modest
TOTAL_SHARED = (200, 4000)  # for the whole server
TOTAL_RESERVED = (200, 2000)

# A name counts as known once it is used again at least this long after its first use.
KNOWN_AFTER = timedelta(seconds=20)
ADDRESSES = 1000  # maximum number of remembered addresses
KNOWN = 5000  # maximum number of remembered known names
NEW = 50_000  # maximum number of remembered new names: 2,500 a second during `KNOWN_AFTER`


@dataclass(slots=True)
class Bucket:
    """A token bucket: it allows bursts of `size` messages, and on average `rate` per second."""

    rate: float
    size: float
    left: float = field(init=False)
    at: datetime | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.left = self.size

    def has(self, now: datetime) -> bool:
        """Return whether a message is allowed at `now`, without counting it."""
        passed = 0.0 if self.at is None else max(0.0, (now - self.at).total_seconds())
        self.left, self.at = min(self.size, self.left + self.rate * passed), now
        return self.left >= 1

    def take(self, now: datetime) -> bool:
        """Count a message if it is allowed, and return whether it is."""
        allowed = self.has(now)
        self.left -= allowed
        return allowed


@dataclass(slots=True)
class _Allowance:
    """An allowance for all workstations, and a reserve for modest workstations."""

    shared: Bucket
    reserved: Bucket


def _address() -> _Allowance:
    return _Allowance(Bucket(*SHARED), Bucket(*RESERVED))


def _total() -> _Allowance:
    return _Allowance(Bucket(*TOTAL_SHARED), Bucket(*TOTAL_RESERVED))


Name = tuple[str, str]  # (address, workstation)


@dataclass(slots=True)
class MessageRate:
    """The allowances of all addresses and workstations."""

    total: _Allowance = field(default_factory=_total)
    addresses: OrderedDict[str, _Allowance] = field(default_factory=OrderedDict)
    known: OrderedDict[Name, Bucket] = field(default_factory=OrderedDict)
    new: OrderedDict[Name, datetime] = field(default_factory=OrderedDict)

    def allows(self, address: str, workstation: str, now: datetime) -> bool:
        """Count a message received at `now` (aware), and return whether it is within the limits.

        If the shared allowance is used up, messages from modest workstations use the reserve.
        """
        modest = self._is_modest((address, workstation), now)
        own = self.addresses.pop(address, None) or _address()
        self.addresses[address] = own
        _forget_oldest(self.addresses, ADDRESSES)
        return _take(self.total.shared, own.shared, now) or (
            modest and _take(self.total.reserved, own.reserved, now)
        )

    def _is_modest(self, name: Name, now: datetime) -> bool:
        own = self.known.pop(name, None)
        if own is None:
            first = self.new.setdefault(name, now)
            _forget_oldest(self.new, NEW)
            if now - first < KNOWN_AFTER:
                return False
            del self.new[name]
            own = Bucket(*OWN)
        self.known[name] = own
        _forget_oldest(self.known, KNOWN)
        return own.take(now)


def _take(first: Bucket, second: Bucket, now: datetime) -> bool:
    return first.has(now) and second.has(now) and first.take(now) and second.take(now)


def _forget_oldest(names: OrderedDict[Any, Any], most: int) -> None:
    while len(names) > most:
        names.popitem(last=False)


FETCH_SITE = "Sec-Fetch-Site"


@dataclass(slots=True)
class DeskServices:
    """The objects that the desk page's routes share."""

    context: AppContext
    intake: TransactionIntake
    rate: MessageRate
    _bundled: tuple[Handbook, Bundle] | None = None

    @property
    def bundle(self) -> Bundle:
        """The page's files for the handbook in use."""
        handbook = self.context.handbook.current
        if self._bundled is None or self._bundled[0] is not handbook:
            self._bundled = handbook, bundle(handbook, demo=self.context.demo)
        return self._bundled[1]


def desk_services(context: AppContext) -> DeskServices:
    return DeskServices(context, TransactionIntake(context), MessageRate())


class DeskRoute(AuthorisedHandler):
    """A route of the desk page."""

    def initialize(self, desk: Callable[[], DeskServices]) -> None:
        self._open_services = desk

    @property
    def desk(self) -> DeskServices:
        return self._open_services()

    def respond(self, answer: dict[str, object]) -> None:
        now = round(self.desk.context.clock.now().timestamp() * 1000, 3)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        # In ASCII, so that an id is returned as it was sent, even if UTF-8 cannot encode it.
        self.finish(json.dumps(answer | {"now": now}))

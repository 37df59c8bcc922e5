"""How many messages the desks may send: an address's allowance, shared among its workstations.

Behind a proxy or a VDI host many workstations have one address. A client that sends without end
must not take the others' share, and the names that clients give are not to be trusted: one may
invent a name for each message.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

# Messages a second, and at once. One message holds up to 200 loans.
SHARED = (50, 1000)  # an address, whoever sends
KEPT = (50, 500)  # an address, kept for its modest workstations
OWN = (1, 20)  # a workstation that counts as modest
TOTAL_SHARED = (200, 4000)  # the server
TOTAL_KEPT = (200, 2000)

# A name counts once it came back after this time: one invented for a single message never does.
KNOWN_AFTER = timedelta(seconds=20)
ADDRESSES = 1000  # of which the allowance is remembered
KNOWN = 5000  # names
NEW = 50_000  # names: as many as can be invented within that time


@dataclass(slots=True)
class Bucket:
    """An allowance that fills up at a rate: `size` messages at once, `rate` a second."""

    rate: float
    size: float
    left: float = field(init=False)
    at: datetime | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.left = self.size

    def has(self, now: datetime) -> bool:
        """Tell whether a message may be taken at this instant."""
        passed = 0.0 if self.at is None else max(0.0, (now - self.at).total_seconds())
        self.left, self.at = min(self.size, self.left + self.rate * passed), now
        return self.left >= 1

    def take(self, now: datetime) -> bool:
        """Take a message, if it may be taken; tell whether it was."""
        allowed = self.has(now)
        self.left -= allowed
        return allowed


@dataclass(slots=True)
class _Allowance:
    """What is for everybody, and what is kept for modest workstations."""

    shared: Bucket
    kept: Bucket


def _address() -> _Allowance:
    return _Allowance(Bucket(*SHARED), Bucket(*KEPT))


def _total() -> _Allowance:
    return _Allowance(Bucket(*TOTAL_SHARED), Bucket(*TOTAL_KEPT))


Name = tuple[str, str]  # address, workstation


@dataclass(slots=True)
class MessageRate:
    """What every address and workstation may still send."""

    total: _Allowance = field(default_factory=_total)
    addresses: OrderedDict[str, _Allowance] = field(default_factory=OrderedDict)
    known: OrderedDict[Name, Bucket] = field(default_factory=OrderedDict)
    new: OrderedDict[Name, datetime] = field(default_factory=OrderedDict)

    def allows(self, address: str, workstation: str, now: datetime) -> bool:
        """Count one message at an aware instant; tell whether it is within the bounds.

        A message takes of what is shared; where that is empty, one of a known workstation that
        sends little takes of what is kept for such.
        """
        modest = self._is_modest((address, workstation), now)
        one = self.addresses.pop(address, None) or _address()
        self.addresses[address] = one
        _forget_oldest(self.addresses, ADDRESSES)
        return _take(self.total.shared, one.shared, now) or (
            modest and _take(self.total.kept, one.kept, now)
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

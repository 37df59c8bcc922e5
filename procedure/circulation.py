"""Loans recorded while Alma is down, and what may be done with them.

Correcting is appending: a `Void` names the loan it takes back, an `Export` names the loans that
went into a file. Nothing here is ever changed or deleted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CirculationDesk:
    """A desk as Alma knows it: its code there, the name staff use, the site it stands in.

    `confirmed` is false until somebody has compared the code with Alma's own configuration.
    """

    code: str
    name: str
    site: str
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Loan:
    """One item lent to one user at one desk (C1).

    `at` is the aware UTC instant of lending; `late` marks one entered afterwards from paper.
    `patron` and `item` are strings as scanned: leading zeros, letters and hyphens stay.
    `sequence` orders the transactions of one workstation. `warning` is the key of a doubt that
    was shown when it was taken (`other_patron`, `looks_like_patron`, …), or None.
    """

    id: UUID
    at: datetime
    desk: str
    patron: str
    item: str
    workstation: str = ""
    operator: str | None = None
    late: bool = False
    sequence: int = 0
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class Void:
    """A loan taken back, with the reason in the words of whoever did it."""

    id: UUID
    at: datetime
    loan: UUID
    reason: str
    workstation: str = ""
    operator: str | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """An offline file written for one desk: the loans in it, in the order of its lines."""

    id: UUID
    at: datetime
    desk: str
    loans: tuple[UUID, ...]
    name: str
    sha256: str
    workstation: str = ""
    operator: str | None = None

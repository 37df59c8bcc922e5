"""What a page reads of the watches, whoever makes them: the process's own, or a test's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from procedure.monitoring.board import StatusBoard as Judgement
from procedure.monitoring.model import Outcome
from procedure.monitoring.neighbours import NeighbourBoard
from procedure.status_pages.readings import Reading


class ProbeWatch(Protocol):
    """What a page reads of the watch: the newest outcomes, and the judgement over all of them."""

    @property
    def latest(self) -> Mapping[tuple[str, str], Outcome]:
        """The newest outcome by (target, vantage)."""
        ...

    @property
    def board(self) -> Judgement:
        """The judgement over all outcomes so far; `procedure.monitoring.board.reading` shows it."""
        ...

    @property
    def rounds(self) -> int:
        """Grows whenever an outcome arrived."""
        ...

    @property
    def history_fault(self) -> str | None:
        """What keeps the history from taking outcomes, None while it does."""
        ...

    def ensure_started(self) -> None:
        """Start, unless it is already running."""
        ...

    @property
    def last_round(self) -> datetime | None:
        """When the newest outcome began (UTC); None before the first."""
        ...


class PageWatch(Protocol):
    """What a page reads of the vendor's word: the newest reading of each page with a feed."""

    @property
    def latest(self) -> Mapping[str, Reading]:
        """The newest reading by target."""
        ...

    @property
    def rounds(self) -> int:
        """Grows whenever a page was read."""
        ...

    def ensure_started(self) -> None:
        """Start, unless it is already running."""
        ...


class NeighbourWatch(Protocol):
    """What a page reads of the neighbours: what each one's board told last."""

    @property
    def latest(self) -> Mapping[str, NeighbourBoard]:
        """What each told last, by its key."""
        ...

    @property
    def rounds(self) -> int:
        """Grows whenever one was asked."""
        ...

    def ensure_started(self) -> None:
        """Start, unless it is already running."""
        ...


class NoNeighbours:
    """A watch over no neighbour at all."""

    latest: Mapping[str, NeighbourBoard] = {}
    rounds = 0

    def ensure_started(self) -> None:
        """Have nothing to start."""


class NoPages:
    """A watch over no page at all."""

    latest: Mapping[str, Reading] = {}
    rounds = 0

    def ensure_started(self) -> None:
        """Have nothing to start."""

"""The history of probes: raw outcomes as they came, kept apart from any judgement over them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from procedure.monitoring import Outcome


class History(Protocol):
    """Where rounds of outcomes are kept, in memory or in the database."""

    def record(self, outcomes: Sequence[Outcome]) -> None:
        """Keep one round in one transaction; an outcome already kept changes nothing.

        The same outcome means the same target, vantage and instant.
        """
        ...

    def outcomes(
        self,
        *,
        since: datetime,
        until: datetime | None = None,
        target: str | None = None,
        vantage: str | None = None,
    ) -> Iterator[Outcome]:
        """Return outcomes with `since <= at < until`, ordered by instant, then target."""
        ...


class MemoryHistory:
    """A history for tests and replays: the same promises, until the program ends."""

    def __init__(self) -> None:
        self._kept: dict[tuple[datetime, str, str], Outcome] = {}

    def record(self, outcomes: Sequence[Outcome]) -> None:
        """Keep the outcomes; see `History.record`."""
        for one in outcomes:
            self._kept.setdefault((one.at, one.target, one.vantage), one)

    def outcomes(
        self,
        *,
        since: datetime,
        until: datetime | None = None,
        target: str | None = None,
        vantage: str | None = None,
    ) -> Iterator[Outcome]:
        """Return the outcomes of a span; see `History.outcomes`."""
        for at, which, whence in sorted(self._kept):
            if at < since or (until is not None and at >= until):
                continue
            if target not in (None, which) or vantage not in (None, whence):
                continue
            yield self._kept[at, which, whence]

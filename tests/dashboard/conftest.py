"""What the tests of the page share: a house over memory, with a clock and a watch of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from dashboard.settings import PACKAGED_HANDBOOK, Settings
from procedure.history import MemoryHistory
from procedure.io.handbook import load_handbook
from procedure.journal import MemoryJournal
from procedure.monitoring import Outcome, Verdict

if TYPE_CHECKING:
    from dashboard.state.house import House

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)  # 12:00 in Geneva, a Tuesday


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **length: float) -> None:
        self.at += timedelta(**length)


@dataclass
class StillWatch:
    """A watch that sees what a test tells it."""

    now: Callable[[], datetime]
    latest: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    rounds: int = 0
    last_round: datetime | None = None
    history_fault: str | None = None

    def ensure_started(self) -> None:
        pass

    def see(self, target: str, verdict: Verdict, **more: Any) -> Outcome:
        at = more.pop("at", self.now())
        url = f"https://{target}.example.org/"
        latency = more.pop("latency_ms", 61.0)
        one = Outcome(target, url, "server", at, verdict, latency_ms=latency, **more)
        self.latest[target, "server"] = one
        self.rounds += 1
        self.last_round = at
        return one


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watch(clock: Clock) -> StillWatch:
    return StillWatch(clock)


@pytest.fixture
def house(clock: Clock, watch: StillWatch) -> House:
    """The packaged papers over a memory that holds nothing yet."""
    from dashboard.state.house import House

    settings = Settings(database_url="sqlite://")
    handbook = load_handbook(PACKAGED_HANDBOOK)
    return House(settings, handbook, MemoryJournal(clock), MemoryHistory(), watch, clock)

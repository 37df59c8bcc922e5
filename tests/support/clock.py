"""A clock for tests."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)  # 12:00 in Geneva, a Tuesday


@dataclass
class Clock:
    """A clock that moves only when a test moves it."""

    at: datetime = NOON
    new_id: Callable[[], UUID] = uuid4

    def now(self) -> datetime:
        return self.at

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **length: float) -> None:
        self.at += timedelta(**length)

"""A stand-in for the watch that reads status pages."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from procedure.monitoring.model import Target
from procedure.status_pages.reading_validity import Reading


@dataclass
class StillFeeds:
    """A watch that gets its readings from a test."""

    latest: dict[str, Reading] = field(default_factory=dict)
    rounds: int = 0

    def ensure_started(self) -> None:
        pass

    def change_targets(self, targets: Sequence[Target]) -> None:
        kept = {target.key for target in targets}
        self.latest = {key: reading for key, reading in self.latest.items() if key in kept}

    def see(self, reading: Reading) -> None:
        self.latest[reading.target] = reading
        self.rounds += 1

"""A stand-in for the watch that probes targets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from procedure.monitoring.board import StatusBoard, add_outcome, keep_targets
from procedure.monitoring.downtime import WORKING
from procedure.monitoring.model import Outcome, Status, Target


@dataclass
class StillWatch:
    """A watch that gets its outcomes from a test and derives statuses as the real watch does."""

    now: Callable[[], datetime]
    targets: dict[str, Target]
    board: StatusBoard = field(default_factory=StatusBoard)
    latest: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    rounds: int = 0
    last_round: datetime | None = None
    history_fault: str | None = None

    def ensure_started(self) -> None:
        pass

    def change_targets(self, targets: Sequence[Target]) -> None:
        before, self.targets = self.targets, {target.key: target for target in targets}
        kept = {key for key, target in self.targets.items() if before.get(key) == target}
        self.board = keep_targets(self.board, kept, self.targets)
        self.latest = {pair: outcome for pair, outcome in self.latest.items() if pair[0] in kept}
        self.rounds += 1

    def see(self, target: str, status: Status, **more: Any) -> Outcome:
        """Record one outcome, made now by default, and return it."""
        at = more.pop("at", self.now())
        url = f"https://{target}.example.org/"
        answered = {"latency_ms": 61.0, "http_status": 200 if status in WORKING else None}
        one = Outcome(target, url, "server", at, status, **(answered | more))
        self.latest[target, "server"] = one
        self.board = add_outcome(self.board, one, self.targets)
        self.rounds += 1
        self.last_round = at
        return one

    def see_enough(self, target: str, status: Status, **more: Any) -> Outcome:
        """Record enough outcomes to confirm the status, one a second until now; return the last."""
        instants = [self.now() - timedelta(seconds=ago) for ago in (2, 1, 0)]
        return [self.see(target, status, at=at, **more) for at in instants][-1]

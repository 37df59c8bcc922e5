"""What all pages of one process share: the papers, the journal, the history, the watch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from dashboard.settings import Settings
from procedure.chronicle import Chronicle
from procedure.handbook import Handbook
from procedure.history import History
from procedure.journal import Journal
from procedure.judgement import Board as Judgement
from procedure.loan_log import LoanLog
from procedure.monitoring import Outcome


class Watching(Protocol):
    """What a page reads of the watch: the newest outcomes, and the judgement over all of them."""

    @property
    def latest(self) -> Mapping[tuple[str, str], Outcome]:
        """The newest outcome by (target, vantage)."""
        ...

    @property
    def board(self) -> Judgement:
        """The judgement over all outcomes so far; `procedure.judgement.reading` shows it."""
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


@dataclass(slots=True)
class House:
    """The shared things, and one fold of the loans that every page reads.

    `now` gives the aware UTC instant: nothing in the state asks a clock by itself.
    """

    settings: Settings
    handbook: Handbook
    journal: Journal
    history: History
    watch: Watching
    now: Callable[[], datetime]
    chronicle: Chronicle = field(init=False)
    loan_log: LoanLog = field(default_factory=LoanLog)
    folded: int = 0

    def __post_init__(self) -> None:
        self.chronicle = Chronicle(
            {key: one.interval for key, one in self.handbook.targets.items()}
        )

    def refold(self) -> int:
        """Take into the loans what was committed since the last time; return the position."""
        newer = self.journal.since(self.folded)
        if newer:
            self.loan_log.extend(newer)
            self.folded = newer[-1].position
        return self.folded

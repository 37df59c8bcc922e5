"""The workstations that probe from their own browsers, and the newest outcomes of each."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from procedure.errors import JournalUnwritable
from procedure.monitoring.history import History
from procedure.monitoring.model import Outcome, Vantage
from procedure.monitoring.site_history import SiteHistory


class WorkstationRegistry:
    """The workstations that have a page open, keyed by name, and their newest outcomes.

    `latest` is keyed by (target, vantage). `version` is incremented on every change.
    `site_history` summarises the last hour per site. `publish` tells other processes about a
    workstation: it is called with the workstation's newest outcomes, or with none if it has been
    renamed or its last page was closed. Once the targets' URLs are known, outcomes for other URLs
    are ignored, because they predate a change to the handbook.
    """

    def __init__(self, history: History) -> None:
        self.vantages: dict[str, Vantage] = {}
        self.latest: dict[tuple[str, str], Outcome] = {}
        self.site_history = SiteHistory()
        self.version = 0
        self.publish: Callable[[Vantage, tuple[Outcome, ...]], None] = lambda _at, _outcomes: None
        self._history = history
        self._addresses: dict[str, str] = {}

    def record(self, vantage: Vantage, outcomes: Iterable[Outcome]) -> None:
        """Add a round of outcomes from a workstation; an outcome never replaces a newer one."""
        outcomes = tuple(outcomes)
        self._add(vantage, outcomes)
        self.publish(vantage, outcomes)
        # A history that cannot be written to is reported elsewhere; the outcomes are still used.
        with suppress(JournalUnwritable):
            self._history.record(outcomes)

    def take_recorded(self, vantage: Vantage, outcomes: tuple[Outcome, ...]) -> None:
        """Add a round of outcomes from another process; an empty round drops the workstation."""
        if outcomes:
            self._add(vantage, outcomes)
        else:
            self._drop(vantage.key)

    def _add(self, vantage: Vantage, outcomes: tuple[Outcome, ...]) -> None:
        self.vantages[vantage.key] = vantage
        outcomes = tuple(filter(self._counts, outcomes))
        for outcome in outcomes:
            known = self.latest.get((outcome.target, outcome.vantage))
            if known is None or known.at <= outcome.at:
                self.latest[outcome.target, outcome.vantage] = outcome
        self.version += 1
        self.site_history.add(vantage, outcomes)

    def move(self, vantage: Vantage) -> None:
        """Change the site of a known workstation."""
        if vantage.key in self.vantages:
            self.vantages[vantage.key] = vantage
            self.version += 1
            self.publish(vantage, self._of(vantage.key))

    def rename(self, before: str, vantage: Vantage) -> None:
        """Rename a known workstation and keep its outcomes."""
        old = self.vantages.pop(before, None)
        if old is None:
            return
        self.vantages[vantage.key] = vantage
        for target, key in [pair for pair in self.latest if pair[1] == before]:
            outcome = self.latest.pop((target, key))
            self.latest[target, vantage.key] = replace(outcome, vantage=vantage.key)
        self.site_history.forget(before)
        self.version += 1
        self.publish(old, ())
        self.publish(vantage, self._of(vantage.key))

    def remove(self, key: str) -> None:
        """Drop a workstation whose last page was closed: it is absent rather than failing."""
        vantage = self.vantages.get(key)
        if vantage is not None:
            self._drop(key)
            self.publish(vantage, ())

    def expire(self, before: datetime) -> None:
        """Drop the workstations that have no outcome later than `before`."""
        fresh = {key for (_, key), outcome in self.latest.items() if outcome.at > before}
        for key in self.vantages.keys() - fresh:
            self._drop(key)

    def change_addresses(self, addresses: Mapping[str, str]) -> None:
        """Keep and accept only outcomes for these URLs, which are keyed by target."""
        kept = {key for key, url in addresses.items() if self._addresses.get(key, url) == url}
        self._addresses = dict(addresses)
        self.latest = {
            pair: outcome for pair, outcome in self.latest.items() if self._counts(outcome)
        }
        self.site_history.keep_targets(kept)
        self.version += 1

    def _counts(self, outcome: Outcome) -> bool:
        return not self._addresses or self._addresses.get(outcome.target) == outcome.url

    def _of(self, key: str) -> tuple[Outcome, ...]:
        return tuple(outcome for (_, at), outcome in self.latest.items() if at == key)

    def _drop(self, key: str) -> None:
        if self.vantages.pop(key, None) is not None:
            self._drop_outcomes()
            self.version += 1

    def _drop_outcomes(self) -> None:
        self.latest = {
            pair: outcome for pair, outcome in self.latest.items() if pair[1] in self.vantages
        }

"""The cells of the grid: a target as seen from one vantage, or from several workstations."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median

from procedure.diagnosis.evidence import ANSWERS
from procedure.monitoring.board import TargetStatus
from procedure.monitoring.downtime import READING_HOLDS
from procedure.monitoring.model import FailureCause, Outcome, Status, Target, Vantage
from procedure.monitoring.workstation_registry import WorkstationRegistry

ALL = "*"  # stands for all workstations in a summary's key


@dataclass(frozen=True, slots=True)
class WorkstationResult:
    """A workstation's newest outcome for a target, and the status to show.

    `newest` is None before the first outcome. The status is unknown in these cases:

    - There is no outcome.
    - The newest outcome is too old.
    - The result is `blurred`: the server's reading shows that the answer may have been an error
      page.
    """

    vantage: Vantage
    status: Status = Status.UNKNOWN
    newest: Outcome | None = None
    blurred: bool = False


@dataclass(frozen=True, slots=True)
class SiteSummary:
    """The results of a site's workstations, or of all workstations, for one target.

    Workstations without a fresh result are left out of all counts.
    """

    target: str
    group: str
    results: tuple[WorkstationResult, ...] = ()

    @property
    def key(self) -> str:
        """The key on the page, such as `alma-saml/@Uni Mail` or, for all sites, `alma-saml/*`."""
        return f"{self.target}/{self.group}"

    @property
    def reach(self) -> int:
        """The number of workstations that reach the target."""
        return sum(result.status in ANSWERS for result in self.results)

    @property
    def of(self) -> int:
        """The number of workstations with a fresh result."""
        return sum(result.status is not Status.UNKNOWN for result in self.results)

    @property
    def mixed(self) -> bool:
        return 0 < self.reach < self.of

    @property
    def status(self) -> Status:
        """The status of the group, according to the fresh results.

        - `unknown`: there is no fresh result.
        - `down`: no workstation reaches the target.
        - `slow`: only some workstations reach the target, or more than half are slow.
        - `up`: otherwise.
        """
        if not self.of:
            return Status.UNKNOWN
        if not self.reach:
            return Status.DOWN
        slow = sum(result.status is Status.SLOW for result in self.results)
        return Status.SLOW if self.mixed or 2 * slow > self.of else Status.UP

    @property
    def latency_ms(self) -> float | None:
        """The median latency in milliseconds; None if no probe was answered."""
        answered = [result.newest for result in self.results if result.status in ANSWERS]
        took = [cell.latency_ms for cell in answered if cell and cell.latency_ms is not None]
        return median(took) if took else None

    @property
    def cause(self) -> FailureCause | None:
        """The most common cause of failure; None if no workstation fails."""
        failing = [result.newest for result in self.results if result.status is Status.DOWN]
        causes = Counter(cell.cause for cell in failing if cell is not None)
        return next((cause for cause, _ in causes.most_common(1)), None)


def site_key(site: str) -> str:
    """Return a site's group key, such as `@Uni Mail`; the key is `@` if there is no site."""
    return f"@{site}"


def sites_of(vantages: Iterable[Vantage]) -> dict[str, int]:
    """Return the number of workstations by site, in order of name; the empty name comes last."""
    counts = Counter(vantage.site for vantage in vantages)
    return {site: counts[site] for site in sorted(counts, key=lambda count: (not count, count))}


def site_summaries(
    target: Target, registry: WorkstationRegistry, oldest: datetime, *, blunt: bool = False
) -> tuple[SiteSummary, ...]:
    """Return one summary per site and, last, the summary of all workstations.

    Results from before `oldest` are treated as unknown. If `blunt`, answers are treated as unknown
    too, because they may be error pages. A target that browsers do not probe has no summary.
    """
    if not target.browser:
        return ()
    unsorted = [
        _result(vantage, registry.latest.get((target.key, key)), oldest, blunt=blunt)
        for key, vantage in registry.vantages.items()
    ]
    results = sorted(unsorted, key=lambda cell: cell.vantage.key)
    by_site = {
        site: tuple(result for result in results if result.vantage.site == site)
        for site in sites_of(registry.vantages.values())
    }
    sites = tuple(SiteSummary(target.key, site_key(site), rows) for site, rows in by_site.items())
    return (*sites, SiteSummary(target.key, ALL, tuple(results)))


def _result(
    vantage: Vantage, newest: Outcome | None, oldest: datetime, *, blunt: bool
) -> WorkstationResult:
    if newest is None or newest.at <= oldest:
        return WorkstationResult(vantage, Status.UNKNOWN, newest)
    if blunt and newest.status in ANSWERS:
        return WorkstationResult(vantage, Status.UNKNOWN, newest, blurred=True)
    return WorkstationResult(vantage, newest.status, newest)


@dataclass(frozen=True, slots=True)
class GridCell:
    """A target as seen from a vantage. All times are UTC.

    - `status`: the status to show. It is `unknown` before the first reading, once the newest
      reading is `stale` (older than three intervals), and while the server is cut off.
    - `since`: when the status began; for a stale cell, when the target was last read.
    - `newest`: the raw outcome of the last attempt, or None before the first attempt. If this
      outcome contradicts the status, the cell is `doubtful`.
    - `flapping`: whether the status changes often.
    - `hour`: the outcomes of the last hour, one per `interval`.
    - `step`: the step of the procedure that names the target.
    """

    target: str
    vantage: str
    status: Status = Status.UNKNOWN
    cause: FailureCause | None = None
    since: datetime | None = None
    newest: Outcome | None = None
    stale: bool = False
    doubtful: bool = False
    flapping: bool = False
    fresh_until: datetime | None = None
    hour: tuple[Outcome, ...] = ()
    step: str = ""
    interval: timedelta = timedelta(minutes=1)

    @property
    def key(self) -> str:
        """The cell's key on the page, such as `alma-saml/server`."""
        return f"{self.target}/{self.vantage}"

    @property
    def unread(self) -> bool:
        return self.newest is None


def cell(
    target: Target, vantage: str, judged: TargetStatus | None, hour: tuple[Outcome, ...]
) -> GridCell:
    """Return a target's cell from its current status and the outcomes of the last hour."""
    read = GridCell(target.key, vantage, hour=hour, step=target.step, interval=target.interval)
    if judged is None:
        return read
    return replace(
        read,
        status=judged.status,
        cause=judged.cause,
        since=judged.since,
        newest=judged.outcome,
        stale=judged.stale,
        doubtful=judged.doubtful,
        flapping=judged.flapping,
        fresh_until=None if judged.stale else judged.at + READING_HOLDS * target.interval,
    )

"""Alma's outages in a generated history: the failures, and people's reactions to them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID

from procedure.circulation.scan_rules import ScanRules
from procedure.diagnosis.staff_reports import StaffReport
from procedure.guide.walk import AnswerGiven
from procedure.journal import Entry
from procedure.local_time import local
from procedure.monitoring.model import FailureCause, Phase, Status
from procedure.outages.outage_entries import OutageDeclared, OutageEnded, OutageNews, OutageNote
from procedure.outages.public_entries import PublicState, PublicStatement
from procedure.simulation.desk_day import OPERATORS, DeskDay
from procedure.simulation.diary import (
    CAUSE_SOUGHT,
    LEND_IN_ALMA,
    PATRONS_TEXT,
    PATRONS_TITLE,
    TICKET,
    TITLE,
    Diary,
    PlannedAct,
)
from procedure.simulation.episodes import ALMA, CYCLE, DAY, Episode, at as local_time, minutes
from procedure.simulation.reconciling import COORDINATOR, finished, unfinished
from procedure.status_pages.maintenance import MaintenancePlanned
from procedure.status_pages.reading_validity import PageStatusChanged, PageStatusReadByStaff
from procedure.status_pages.status import PageStatus

FEED = "feed:rss"
PAGE = "exlibris-status"
PAGE_TEXT = "Alma is unavailable"
_READ = 4  # minutes until somebody reads the status pages
# For the outage under way: the time since it began, and the time until it ends.
_BEGUN_AGO, GOES_ON = timedelta(minutes=40), timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class SampleIncident:
    """One outage: its age in days, local start, length in minutes, cause and failing targets.

    `announced` and `declared` are the minutes from the start to the announcement on the status page
    and to the declaration, or None if there was none. After the declaration, `desks` desks lend; if
    `reconciled`, their loans have been reconciled.
    """

    ago: int
    clock: time
    minutes: int
    cause: FailureCause
    announced: int | None = None
    declared: int | None = None
    desks: int = 0
    reconciled: bool = False
    targets: tuple[str, ...] = ALMA
    http_status: int | None = None
    after_slow_week: bool = False

    def begins(self, until: datetime) -> datetime:
        """Return when the outage began (UTC); older outages are moved to a working day."""
        day = local(until - self.ago * DAY).date()
        if self.ago >= CYCLE:
            day -= timedelta(days=max(day.weekday() - 4, 0))
        return local_time(day, self.clock)

    def episode(self, until: datetime) -> Episode:
        """Return the outage as the probes see it."""
        begins = self.begins(until)
        return Episode(
            begins=begins,
            ends=begins + timedelta(minutes=self.minutes),
            targets=self.targets,
            status=Status.DOWN,
            cause=self.cause,
            phase=Phase.FIRST_BYTE,
            http_status=self.http_status,
        )


_STATUS, _TIMEOUT = FailureCause.STATUS, FailureCause.TIMEOUT
INCIDENTS = (
    SampleIncident(1, time(10, 5), 95, _STATUS, 22, 11, 3, http_status=503),
    # Only the login fails: the other way into Alma works, and no outage is declared.
    SampleIncident(9, time(8, 20), 75, FailureCause.CONTENT, targets=ALMA[:1]),
    SampleIncident(23, time(14, 0), 170, _TIMEOUT, 35, 9, 4, reconciled=True, after_slow_week=True),
    SampleIncident(75, time(11, 15), 48, FailureCause.RESET, None, 14, 2, reconciled=True),
    # This incident is announced before staff answer that no status page reports anything, so their
    # answer differs from the guide's suggestion.
    SampleIncident(130, time(9, 0), 210, _STATUS, 3, 8, 4, reconciled=True, http_status=502),
    SampleIncident(190, time(17, 30), 26, _TIMEOUT),
    SampleIncident(262, time(13, 20), 66, _STATUS, 40, 15, 3, reconciled=True, http_status=503),
    SampleIncident(331, time(10, 45), 120, _TIMEOUT, 18, 10, 3, reconciled=True),
)


def under_way(until: datetime) -> SampleIncident:
    """Return a declared outage that began shortly before `until` and continues for a while."""
    begins = local(until - _BEGUN_AGO)
    days = (local(until).date() - begins.date()).days
    minutes = (_BEGUN_AGO + GOES_ON) // timedelta(minutes=1)
    return SampleIncident(days, begins.time(), minutes, _TIMEOUT, 17, 11, 3)


def incident_acts(
    incident: SampleIncident,
    until: datetime,
    desks: Sequence[str],
    rules: ScanRules,
    chance: Random,
) -> Iterator[PlannedAct]:
    """Yield the acts of an outage, from the first staff reports to the reconciliation."""
    episode = incident.episode(until)
    begins, ends, lending = episode.begins, episode.ends, desks[: incident.desks]
    # People at some desks report that Alma is failing, and later that it is working again.
    for desk in chance.sample(list(desks), min(3, len(desks))):
        times = begins + minutes(chance.uniform(2, 6)), ends + minutes(chance.uniform(2, 9))
        for at, works in zip(times, (False, True), strict=True):
            yield at, _record(StaffReport, workstation=f"{desk}-1", works=works, site=desk)
    if incident.announced is None or incident.announced > _READ:
        read = {"word": PageStatus.OK, "workstation": "PRET-01"}
        for page in (PAGE, "etats-unige", "slsp-psi"):
            yield begins + minutes(_READ), _record(PageStatusReadByStaff, target=page, **read)
    if incident.announced is not None:
        yield _page(begins + minutes(incident.announced), PageStatus.INCIDENT, PAGE_TEXT, ago=4)
        yield _page(ends + minutes(25), PageStatus.OK)
    if incident.declared is None:
        return
    yield from _answers(begins + minutes(5), episode, chance)
    declared = begins + minutes(incident.declared)
    yield from _declaration(declared, begins, ends, chance)
    for desk in lending:
        yield from DeskDay(desk, declared, ends + minutes(5), rules, chance).acts()
    yield from (finished if incident.reconciled else unfinished)(ends, lending)


def planned_work_acts(begins: datetime, ends: datetime, over: datetime) -> Iterator[PlannedAct]:
    """Yield the announcement of planned work and, if the work overran, the acts of the incident."""
    planned = {"title": "Maintenance d’Alma", "target": ALMA[0], "start": begins, "end": ends}
    yield begins - 5 * DAY, _record(MaintenancePlanned, **planned, **COORDINATOR)
    if over > ends:
        yield _page(ends + minutes(20), PageStatus.INCIDENT, "Maintenance extended", ago=2)
        yield _page(over + minutes(15), PageStatus.OK)


def _record(
    kind: Callable[..., Entry], **fields: object
) -> Callable[[Diary, datetime], Iterable[Entry]]:
    """Return an act that records one entry."""
    return lambda diary, at: [diary.entry(kind, at, **fields)]


def _page(at: datetime, status: PageStatus, text: str = "", ago: int = 1) -> PlannedAct:
    """Return an act that records a change on the status page, `ago` minutes before the reading."""
    reading = {"word": status, "source": FEED, "summary": text, "changed_at": at - minutes(ago)}
    return at, _record(PageStatusChanged, target=PAGE, **reading)


def _answers(at: datetime, episode: Episode, chance: Random) -> Iterator[PlannedAct]:
    """Yield the answers that lead to lending, with the statuses that the screen showed."""
    initials = chance.choice(OPERATORS)
    walk = UUID(int=chance.getrandbits(120), version=4)
    targets = {"A3": ("switch",), "A4": ALMA}
    for step, answer in (("A1", "no"), ("A2", "no"), ("A3", "yes"), ("A4", "no")):
        lines = tuple(_reading_line(target, at, episode) for target in targets.get(step, ()))
        given = {"walk": walk, "step": step, "answer": answer, "readings": lines}
        yield at, _record(AnswerGiven, **given, workstation="PRET-01", initials=initials)
        at += timedelta(seconds=25)


def _reading_line(target: str, at: datetime, episode: Episode) -> str:
    down = target in episode.targets and episode.begins <= at < episode.ends
    status, cause = (Status.DOWN, episode.cause) if down else (Status.UP, None)
    read_at = at - timedelta(seconds=20)
    return f"{target} server {status} {cause or '-'} {read_at:%Y-%m-%dT%H:%M:%SZ}"


def _declaration(
    at: datetime, begins: datetime, ends: datetime, chance: Random
) -> Iterator[PlannedAct]:
    """Yield the declaration and end of an outage, and the statement and messages between them."""
    key, over = UUID(int=chance.getrandbits(120), version=4), ends + minutes(8)
    about = {"outage": key, **COORDINATOR}
    news = {"internal": True, **about}
    declared = {"id": key, "title": TITLE, "begun": begins, "suspected": "alma", "internal": True}
    yield at, _record(OutageDeclared, **declared, **COORDINATOR)
    public = {"titles": PATRONS_TITLE, "texts": PATRONS_TEXT, "state": PublicState.DOWN}
    public |= {"lending": True, "next_news": at + minutes(55)}
    yield at + minutes(2), _record(PublicStatement, **public, **about)
    yield at + minutes(6), _record(OutageNote, text=TICKET, **about)
    sent = at + minutes(15)
    while sent < ends:
        yield sent, _record(OutageNews, message=CAUSE_SOUGHT, next_news=sent + minutes(40), **news)
        sent += minutes(40)
    yield over, _record(OutageNews, message=LEND_IN_ALMA, lending=False, **news)
    yield over, _record(OutageEnded, ended=ends, **about)

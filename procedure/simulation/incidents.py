"""The outages of Alma in a generated history: what failed, who noticed, and what was done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from random import Random
from uuid import UUID

from procedure.diagnosis.staff_reports import StaffReport
from procedure.guide.walk import AnswerGiven
from procedure.journal import Entry
from procedure.local_time import local
from procedure.monitoring.model import FailureCause, Phase, Status
from procedure.outages.declared_outage import OutageDeclared, OutageEnded, OutageNews, OutageNote
from procedure.simulation.diary import Diary, PlannedAct
from procedure.simulation.episodes import ALMA, CYCLE, DAY, Episode, at as local_time
from procedure.simulation.loans import OPERATORS, DeskDay
from procedure.simulation.reconciling import COORDINATOR, finished, unfinished
from procedure.status_pages.maintenance import MaintenancePlanned
from procedure.status_pages.readings import PageStatusChanged, PageStatusReadByStaff
from procedure.status_pages.status import PageStatus

FEED = "feed:rss"
PAGE = "exlibris-status"
PAGE_TEXT = "Alma is unavailable"
_READ = 4  # minutes until somebody looks at the status pages
_BEGUN_AGO, GOES_ON = timedelta(minutes=40), timedelta(minutes=30)  # of an outage under way


@dataclass(frozen=True, slots=True)
class SampleIncident:
    """One outage: days ago, local begin, minutes, what failed and how.

    `announced` and `declared` are minutes from its begin, None if that never happened. `desks`
    lend from the declaration on; `reconciled` is what became of their loans.
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
        """Return when it began (UTC): on a working day, except within the last days."""
        day = local(until - self.ago * DAY).date()
        if self.ago >= CYCLE:
            day -= timedelta(days=max(day.weekday() - 4, 0))
        return local_time(day, self.clock)

    def episode(self, until: datetime) -> Episode:
        """Return what the probes saw of it."""
        begins = self.begins(until)
        return Episode(
            begins=begins,
            ends=begins + timedelta(minutes=self.minutes),
            targets=self.targets,
            verdict=Status.DOWN,
            cause=self.cause,
            phase=Phase.FIRST_BYTE,
            http_status=self.http_status,
        )


_STATUS, _TIMEOUT = FailureCause.STATUS, FailureCause.TIMEOUT
# fmt: off
INCIDENTS = (
    SampleIncident(1, time(10, 5), 95, _STATUS, 22, 11, 3, http_status=503),
    # The login alone: the other way into Alma works, and nothing is declared.
    SampleIncident(9, time(8, 20), 75, FailureCause.CONTENT, targets=ALMA[:1]),
    SampleIncident(23, time(14, 0), 170, _TIMEOUT, 35, 9, 4, reconciled=True, after_slow_week=True),
    SampleIncident(75, time(11, 15), 48, FailureCause.RESET, None, 14, 2, reconciled=True),
    # Announced at once: the answer that the pages report nothing differs from the suggestion.
    SampleIncident(130, time(9, 0), 210, _STATUS, 3, 8, 4, reconciled=True, http_status=502),
    SampleIncident(190, time(17, 30), 26, _TIMEOUT),
    SampleIncident(262, time(13, 20), 66, _STATUS, 40, 15, 3, reconciled=True, http_status=503),
    SampleIncident(331, time(10, 45), 120, _TIMEOUT, 18, 10, 3, reconciled=True),
)
# fmt: on


def under_way(until: datetime) -> SampleIncident:
    """Return an outage that began before an instant, is declared, and lasts a while longer."""
    begins = local(until - _BEGUN_AGO)
    days = (local(until).date() - begins.date()).days
    minutes = (_BEGUN_AGO + GOES_ON) // timedelta(minutes=1)
    return SampleIncident(days, begins.time(), minutes, _TIMEOUT, 17, 11, 3)


def incident_acts(
    incident: SampleIncident, until: datetime, desks: Sequence[str], chance: Random
) -> Iterator[PlannedAct]:
    """Yield what pages and people recorded of an outage."""
    episode = incident.episode(until)
    begins, ends, lending = episode.begins, episode.ends, desks[: incident.desks]
    yield from _reports(begins, ends, desks, chance)
    if incident.announced is None or incident.announced > _READ:
        for page in (PAGE, "etats-unige", "slsp-psi"):
            yield begins + timedelta(minutes=_READ), partial(_read, page=page)
    if incident.announced is not None:
        announced_at = begins + timedelta(minutes=incident.announced)
        yield announced_at, partial(_page, status=PageStatus.INCIDENT, text=PAGE_TEXT, ago=4)
        yield ends + timedelta(minutes=25), partial(_page, status=PageStatus.OK, text="", ago=1)
    if incident.declared is None:
        return
    yield from _answers(begins + timedelta(minutes=5), episode, chance)
    declared = begins + timedelta(minutes=incident.declared)
    yield from _declaration(declared, begins, ends)
    for desk in lending:
        yield from DeskDay(desk, declared, ends + timedelta(minutes=5), chance).acts()
    yield from (finished if incident.reconciled else unfinished)(ends, lending)


def window_acts(begins: datetime, ends: datetime, over: datetime) -> Iterator[PlannedAct]:
    """Yield what was recorded of planned work: entered in advance, an incident if it overran."""
    yield begins - 5 * DAY, partial(_window, begins=begins, ends=ends)
    if over > ends:
        late = ends + timedelta(minutes=20)
        yield late, partial(_page, status=PageStatus.INCIDENT, text="Maintenance extended", ago=2)
        yield over + timedelta(minutes=15), partial(_page, status=PageStatus.OK, text="", ago=1)


def _page(
    diary: Diary, at: datetime, *, status: PageStatus, text: str, ago: int
) -> Iterable[Entry]:
    changed = at - timedelta(minutes=ago)
    said = diary.named(text)
    return [PageStatusChanged(diary.new_id(), at, PAGE, status, FEED, said, changed)]


def _window(diary: Diary, at: datetime, *, begins: datetime, ends: datetime) -> Iterable[Entry]:
    title = diary.named("Maintenance d’Alma")
    return [
        MaintenancePlanned(
            id=diary.new_id(),
            at=at,
            target=ALMA[0],
            start=begins,
            end=ends,
            title=title,
            **COORDINATOR,
        )
    ]


def _reports(
    begins: datetime, ends: datetime, desks: Sequence[str], chance: Random
) -> Iterator[PlannedAct]:
    """Yield what people at some desks said: that Alma failed, that it works again."""
    for desk in chance.sample(list(desks), min(3, len(desks))):
        first = begins + timedelta(minutes=chance.uniform(2, 6))
        yield first, partial(_report, desk=desk, works=False)
        again = ends + timedelta(minutes=chance.uniform(2, 9))
        yield again, partial(_report, desk=desk, works=True)


def _report(diary: Diary, at: datetime, *, desk: str, works: bool) -> Iterable[Entry]:
    return [StaffReport(diary.new_id(), at, f"{desk}-1", works, site=desk)]


def _read(diary: Diary, at: datetime, *, page: str) -> Iterable[Entry]:
    return [
        PageStatusReadByStaff(
            id=diary.new_id(), at=at, target=page, word=PageStatus.OK, workstation="PRET-01"
        )
    ]


def _answers(at: datetime, episode: Episode, chance: Random) -> Iterator[PlannedAct]:
    """Yield the answers that lead to lending, with the statuses that the screen showed."""
    operator = chance.choice(OPERATORS)
    shown = {"A3": ("switch",), "A4": ALMA}
    walk = UUID(int=chance.getrandbits(120), version=4)

    def give(diary: Diary, at: datetime, *, step: str, answer: str) -> Iterable[Entry]:
        lines = tuple(_shown(target, at, episode) for target in shown.get(step, ()))
        return [AnswerGiven(diary.new_id(), at, walk, step, answer, "PRET-01", operator, lines)]

    for number, (step, answer) in enumerate(
        (("A1", "no"), ("A2", "no"), ("A3", "yes"), ("A4", "no"))
    ):
        yield at + timedelta(seconds=25 * number), partial(give, step=step, answer=answer)


def _shown(target: str, at: datetime, episode: Episode) -> str:
    down = target in episode.targets and episode.begins <= at < episode.ends
    verdict, cause = (Status.DOWN, episode.cause) if down else (Status.UP, None)
    seen = at - timedelta(seconds=20)
    return f"{target} server {verdict} {cause or '-'} {seen:%Y-%m-%dT%H:%M:%SZ}"


def _declaration(at: datetime, begins: datetime, ends: datetime) -> Iterator[PlannedAct]:
    """Yield the declaration, the messages to the desks, and the end."""

    def declare(diary: Diary, at: datetime) -> Iterable[Entry]:
        outage.append(
            OutageDeclared(
                id=diary.new_id(),
                at=at,
                title=diary.named("Alma ne répond plus"),
                begun=begins,
                suspected="alma",
                **COORDINATOR,
            )
        )
        return outage

    def note(diary: Diary, at: datetime) -> Iterable[Entry]:
        text = "Ticket ouvert chez Ex Libris."
        return [OutageNote(id=diary.new_id(), at=at, outage=outage[0].id, text=text, **COORDINATOR)]

    def news(diary: Diary, at: datetime) -> Iterable[Entry]:
        return [
            OutageNews(
                id=diary.new_id(),
                at=at,
                outage=outage[0].id,
                message="Ex Libris cherche la cause.",
                next_news=at + timedelta(minutes=40),
                **COORDINATOR,
            )
        ]

    def over(diary: Diary, at: datetime) -> Iterable[Entry]:
        key, text = outage[0].id, diary.named("Alma répond : prêter dans Alma.")
        return [
            OutageNews(
                id=diary.new_id(), at=at, outage=key, message=text, lending=False, **COORDINATOR
            ),
            OutageEnded(id=diary.new_id(), at=at, outage=key, ended=ends, **COORDINATOR),
        ]

    outage: list[OutageDeclared] = []
    yield at, declare
    yield at + timedelta(minutes=6), note
    announced_at = at + timedelta(minutes=15)
    while announced_at < ends:
        yield announced_at, news
        announced_at += timedelta(minutes=40)
    yield ends + timedelta(minutes=8), over

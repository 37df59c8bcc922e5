"""The guide: the step on the screen, the answers so far, and their address."""

from collections.abc import Iterator
from concurrent.futures import Future
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import param

from dashboard.core.change_counters import ChangeCounters
from dashboard.core.context import AppContext
from dashboard.core.session import Session, query_values
from dashboard.core.state import State, keep_failure
from dashboard.core.users import Permission
from dashboard.monitoring.cell import GridCell
from dashboard.monitoring.grid import ProbeGrid
from dashboard.monitoring.situation import SituationKind
from dashboard.outage.occasion import page_occasion
from procedure.guide.contact_hours import (
    ContactAvailability,
    applicable_step,
    coming_holidays,
    reachable,
)
from procedure.guide.steps import Procedure, Step
from procedure.guide.walk import AnswerGiven, Walk
from procedure.handbook.model import Handbook
from procedure.local_time import library_zone
from procedure.monitoring.model import Vantage
from procedure.outages.outage_acts import take_note

Given = tuple[str, str]
ALL_WELL = frozenset({SituationKind.ALL_UP, SituationKind.OTHERS_SLOW, SituationKind.NEARLY_ALL_UP})
INITIALS = 4  # letters at most: a name is not asked for, and a scanned card must not fit


class Guide(State):
    """One question on the screen, the answers so far, and the address that says both.

    Every answer goes to the journal with who gave it and the readings shown then. The step on the
    screen is replayed from the answers and never stored.
    """

    context: AppContext = param.ClassSelector(class_=AppContext, precedence=-1)
    session: Session = param.ClassSelector(class_=Session, precedence=-1)
    grid: ProbeGrid = param.ClassSelector(class_=ProbeGrid, precedence=-1)
    walk: Walk = param.ClassSelector(default=Walk(), class_=Walk, doc="The answers so far.")
    step = param.String(default="", doc="Key of the step on the screen.")
    path: tuple[Given, ...] = param.ClassSelector(
        class_=tuple, default=(), doc="(step, answer) as they lead on."
    )
    applying = param.String(default="", doc="Step that applies here now: at weekends C1.")
    is_open = param.Boolean(default=False, doc="Whether somebody opened the procedure.")
    address = param.String(default="", doc="Walk and step as the page's address has them.")
    initials = param.String(default="", doc="Of the person who answers, if given.")
    keys_on = param.Boolean(default=True, doc="Whether single keys answer.")
    recorded = param.Boolean(default=True, doc="Whether the journal took every answer so far.")
    caller: Vantage | None = param.ClassSelector(
        class_=Vantage, doc="This workstation, at a step that calls somebody; None at others."
    )

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self._passage = uuid4()
        self._unsure: list[Future[Any]] = []
        self._moved_at = self.context.now()
        self.follow(self.session.query)

    @property
    def updates(self) -> ChangeCounters:
        return self.grid.updates

    @property
    def handbook(self) -> Handbook:
        """The handbook as the page shows it."""
        return self.updates.handbook

    @property
    def procedure(self) -> Procedure:
        return self.handbook.procedure

    @property
    def all_well(self) -> bool:
        """Whether nothing was seen that asks for the procedure."""
        return self.grid.state.kind in ALL_WELL

    @property
    def current(self) -> Step:
        """The step on the screen."""
        return self.procedure.steps[self.step]

    @property
    def idle_time(self) -> timedelta:
        """How long the step on the screen has been there."""
        return self.context.now() - self._moved_at

    @property
    def end(self) -> str:
        """The step that the answers lead to."""
        return self.walk.replay(self.procedure).end

    @property
    def earlier(self) -> tuple[Given, ...]:
        """The answered steps before the one on the screen."""
        steps = [step for step, _ in self.path]
        return self.path[: steps.index(self.step)] if self.step in steps else self.path

    @property
    def later(self) -> tuple[tuple[str, str | None], ...]:
        """The steps after the one on the screen, by the answers given; the last has no answer."""
        whole = (*self.path, (self.end, None))
        passed = [step for step, _ in whole]
        return whole[passed.index(self.step) + 1 :] if self.step in passed else whole[-1:]

    @property
    def ahead(self) -> tuple[str, ...]:
        """The questions that may follow the last known step, in the handbook's order."""
        steps = self.procedure.steps
        reached, waiting = set[str](), [self.end]
        while waiting:
            next_steps = {answer.to for answer in steps[waiting.pop()].answers} - reached
            reached |= next_steps
            waiting += next_steps
        return tuple(key for key in steps if key in reached and steps[key].kind == "question")

    def answer(self, step: str, key: str, *, suggested: tuple[str, ...] = ()) -> None:
        """Answer the step on the screen and go on; an answer to any other step is a late click.

        `suggested` is what was suggested there, for the journal, beside the readings.
        """
        self.session.person.require(Permission.ANSWER)
        if step != self.step or self.current.next_step(key) is None:
            return
        given = AnswerGiven(
            id=self.context.new_id(),
            at=self.context.now(),
            walk=self._passage,
            step=step,
            answer=key,
            workstation=self.session.workstation,
            initials=short_initials(self.initials) or None,
            readings=(*map(reading, self.cells(step)), *suggested),
        )
        self._unsure.append(self.context.journal.submit(given))
        self._show(self.walk.answer(step, key))

    def begin(self) -> None:
        """Show the procedure, whether or not something fails."""
        self._show(self.walk)

    def back(self) -> None:
        """Show the step before; every answer stays."""
        aside = self.step not in self.walk.replay(self.procedure).steps
        self._show(self.walk.view(None) if aside else self.walk.back(self.procedure))

    def look_at(self, step: str) -> None:
        """Show a step of the path, or any step without answers."""
        if step in self.procedure.steps:
            self._show(self.walk.view(None if step == self.end else step))

    def restart(self) -> None:
        """Begin again without answers; the old ones stay in the journal."""
        self._passage = uuid4()
        self._show(Walk())

    def close(self) -> None:
        """Hide the procedure, and drop its answers."""
        self._passage = uuid4()
        self._show(Walk(), is_open=False)

    def follow(self, query: str) -> None:
        """Show the step of an address; what is not in the procedure is ignored."""
        values = query_values(query)
        viewed = values.get("step", "")
        walk = self._known(Walk.from_address(values.get("walk", "")), viewed)
        self._show(walk, is_open=bool(walk.answers) or viewed in self.procedure.steps)

    def turn_keys(self) -> None:
        self.keys_on = not self.keys_on

    def reached(self, contact: str) -> None:
        """Record with a declared outage that a contact was reached."""
        self.session.person.require(Permission.ANSWER)
        record = self.context.models.outages.current()
        if record is not None and contact in self.handbook.contacts:
            occasion = page_occasion(self.context, self.session)
            entry = take_note(record, "", occasion, contact)
            self._unsure.append(self.context.journal.submit(entry))

    @param.depends(
        "step",
        "grid.updates.handbook",
        "session.workstation",
        "session.desk",
        "session.vdi",
        watch=True,
    )
    def _name_caller(self) -> None:
        session, desk = self.session, self.handbook.desks.get(self.session.desk)
        here = Vantage(session.workstation, desk.site if desk else "", session.vdi)
        self.caller = here if self.current.contact else None

    @param.depends("grid.updates.handbook", watch=True)
    def _follow_handbook(self) -> None:
        """Keep the answers that the handbook still has, and the step on the screen where it is."""
        self._show(self._known(self.walk, self.walk.viewed or ""), is_open=self.is_open)

    @param.depends("grid.updates.now", watch=True)
    @keep_failure
    def _follow_time(self) -> None:
        """Check whether the journal has the answers, and whether a contact can be reached."""
        done = [answer for answer in self._unsure if answer.done()]
        self._unsure = [answer for answer in self._unsure if answer not in done]
        recorded = self.recorded and not any(answer.exception() for answer in done)
        self.set(recorded=recorded, applying=self.applies_now(self.step))

    def cells(self, step: str) -> tuple[GridCell, ...]:
        """Return the readings of a step's targets, as the server sees them."""
        return tuple(cell for cell in self.grid.cells if cell.step == step)

    def reachability(self, contact: str) -> ContactAvailability:
        """Return whether a contact can be reached now, by the handbook's opening hours."""
        return reachable(self.handbook.contacts[contact], self.context.now(), self._closed())

    def applies_now(self, step: str) -> str:
        """Return the step that applies in place of one whose contact is away: at weekends C1."""
        contacts, now = self.handbook.contacts, self.context.now()
        return applicable_step(self.procedure.steps[step], contacts, now, self._closed())

    def _closed(self) -> frozenset[date]:
        year = self.context.now().astimezone(library_zone()).year
        return coming_holidays(self.handbook.library.holidays, year) | self.handbook.closures

    def _known(self, walk: Walk, viewed: str) -> Walk:
        """Return a walk with the answers that the procedure has, and a step of it viewed."""
        known = {step: key for step, key in walk.answers.items() if self._leads(step, key)}
        at_end = viewed in {"", Walk(known).replay(self.procedure).end}
        return Walk(known, None if at_end else viewed)

    def _leads(self, step: str, key: str) -> bool:
        known = self.procedure.steps.get(step)
        return known is not None and known.next_step(key) is not None

    def _show(self, walk: Walk, *, is_open: bool = True) -> None:
        viewed = self.procedure.steps.get(walk.viewed or "")
        shows_end = viewed is not None and not viewed.answers
        step = viewed.key if viewed and shows_end else walk.current(self.procedure)
        self._moved_at = self.context.now()
        self.param.update(
            walk=walk,
            step=step,
            path=walk.replay(self.procedure).given,
            applying=self.applies_now(step),
            is_open=is_open,
            address=urlencode(dict(_address(walk, step))) if is_open else "",
        )


def reading(cell: GridCell) -> str:
    """Return a reading for the journal: `alma-saml server down timeout 2026-11-24T09:12:00Z`."""
    parts = [cell.target, cell.vantage, cell.status.value]
    if cell.cause is not None:
        parts.append(cell.cause.value)
    if cell.newest is not None:
        parts.append(f"{cell.newest.at:%Y-%m-%dT%H:%M:%SZ}")
    return " ".join(parts)


def short_initials(text: str) -> str:
    """Return the letters of a text in capitals, at most `INITIALS`."""
    return "".join(filter(str.isalpha, text))[:INITIALS].upper()


def _address(walk: Walk, step: str) -> Iterator[Given]:
    if walk.answers:
        yield "walk", walk.view(None).to_address()
    yield "step", step

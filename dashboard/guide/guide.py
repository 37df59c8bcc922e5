"""The guide: the answers so far, the step they lead to, and the URL with both."""

from collections.abc import Iterator
from concurrent.futures import Future
from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

import param

from dashboard.core.change_counters import ChangeCounters
from dashboard.core.context import AppContext
from dashboard.core.session import Session, query_values
from dashboard.core.state import State, keep_failure, needs
from dashboard.core.visitor import Permission
from dashboard.monitoring.cell import GridCell
from dashboard.monitoring.grid import ProbeGrid
from dashboard.outage.occasion import page_occasion
from procedure.guide.contact_hours import (
    ContactAvailability,
    applicable_step,
    reachable,
)
from procedure.guide.steps import Procedure
from procedure.guide.walk import AnswerGiven, Walk
from procedure.handbook.model import Handbook
from procedure.journal import Recorded
from procedure.outages.outage_acts import take_note

Given = tuple[str, str]
INITIALS = 4  # maximum number of letters in initials


class Guide(State):
    """One pass through the procedure: the answers given, and the step they lead to.

    Every answer is recorded with the person's initials, the workstation, and the readings shown at
    the time. The step is always derived from the answers, never stored.
    """

    context = needs(AppContext)
    session = needs(Session)
    grid = needs(ProbeGrid)
    walk = param.ClassSelector(default=Walk(), class_=Walk, doc="The answers so far.")
    step = param.String(default="", doc="The key of the step that the answers lead to.")
    path = param.ClassSelector(
        class_=tuple,
        default=tuple[Given, ...](),
        doc="The (step, answer) pairs on the path to `step`.",
    )
    applying = param.String(
        default="", doc="`step` or, while its contact is away, the step that replaces it (e.g. C1)."
    )
    is_open = param.Boolean(default=False, doc="Whether somebody has opened the procedure.")
    is_drawn = param.Boolean(default=False, doc="Whether the whole procedure is drawn.")
    address = param.String(
        default="",
        doc="The walk and the step, as a query string; empty while the procedure is closed.",
    )
    recorded = param.Boolean(default=True, doc="Whether every answer so far has been recorded.")

    def __init__(self, **params: object) -> None:
        super().__init__(**params)
        self._passage = uuid4()
        self._unsure: list[Future[tuple[Recorded, ...]]] = []
        self.moved_at = self.context.clock.now()
        self.apply_address(self.session.query)

    @property
    def updates(self) -> ChangeCounters:
        return self.grid.updates

    @property
    def handbook(self) -> Handbook:
        """The handbook that the page shows."""
        return self.updates.handbook

    @property
    def procedure(self) -> Procedure:
        return self.handbook.procedure

    @property
    def all_well(self) -> bool:
        """Whether Alma is answering and no target is known to be failing."""
        return self.grid.state.all_well

    @property
    def idle_time(self) -> timedelta:
        """The time since the last answer or, before the first, since the procedure was opened."""
        return self.context.clock.now() - self.moved_at

    def answer(self, step: str, key: str, *, evidence: tuple[str, ...] = ()) -> None:
        """Answer a question on the path, or change its answer.

        `evidence` is the suggestion and the lines to read, as text to be recorded with the
        readings. A late click, on an answer already given or a step no longer on the path, does
        nothing.
        """
        self.session.person.require(Permission.ANSWER)
        reached = self.walk.replay(self.procedure).steps
        if step not in reached or not self._leads(step, key) or (step, key) in self.path:
            return
        given = AnswerGiven(
            id=self.context.clock.new_id(),
            at=self.context.clock.now(),
            walk=self._passage,
            step=step,
            answer=key,
            workstation=self.session.workstation,
            initials=initials_of(self.session.acting) or None,
            readings=(*map(reading, self.cells(step)), *evidence),
        )
        self._unsure.append(self.context.store.journal.submit(given))
        self._show(self.walk.answer(step, key))

    def begin(self) -> None:
        """Open the procedure, even if nothing is failing."""
        self._show(self.walk)

    def draw(self) -> None:
        """Show or hide the drawing of the whole procedure."""
        self.is_drawn = not self.is_drawn

    def close(self) -> None:
        """Close the procedure, and drop its answers."""
        self._passage = uuid4()
        self._show(Walk(), is_open=False)

    def apply_address(self, query: str) -> None:
        """Show the answers given in a URL, ignoring those that are not in the procedure."""
        values = query_values(query)
        walk = self._known(Walk.from_address(values.get("walk", "")))
        names_step = values.get("step", "") in self.procedure.steps
        self._show(walk, is_open=bool(walk.answers) or names_step)

    def reached(self, contact: str) -> None:
        """Record that a contact was reached; without a declared outage, do nothing."""
        self.session.person.require(Permission.ANSWER)
        record = self.context.folds.outages.current()
        if record is not None and contact in self.handbook.contacts:
            occasion = page_occasion(self.context, self.session)
            entry = take_note(record, "", occasion, contact)
            self._unsure.append(self.context.store.journal.submit(entry))

    @param.depends("grid.updates.handbook", watch=True)
    def _keep_known_answers(self) -> None:
        """Drop the answers that are no longer in the handbook."""
        self._show(self._known(self.walk), is_open=self.is_open)

    @param.depends("grid.updates.now", watch=True)
    @keep_failure
    def _check_recording(self) -> None:
        """Check whether every answer could be recorded, and which step applies now."""
        done = [answer for answer in self._unsure if answer.done()]
        self._unsure = [answer for answer in self._unsure if answer not in done]
        recorded = self.recorded and not any(answer.exception() for answer in done)
        self.set(recorded=recorded, applying=self.applies_now(self.step))

    def cells(self, step: str) -> tuple[GridCell, ...]:
        return tuple(cell for cell in self.grid.cells if cell.step == step)

    def reachability(self, contact: str) -> ContactAvailability:
        """Return whether a contact can be reached now, according to its hours in the handbook."""
        now = self.context.clock.now()
        return reachable(self.handbook.contacts[contact], now, self.handbook.closed_days(now))

    def applies_now(self, step: str) -> str:
        """Return the step or, while its contact is away, the step that replaces it, such as C1."""
        handbook, now = self.handbook, self.context.clock.now()
        return applicable_step(
            self.procedure.steps[step], handbook.contacts, now, handbook.closed_days(now)
        )

    def _known(self, walk: Walk) -> Walk:
        """Return a walk with only those answers that are in the procedure."""
        return Walk({step: key for step, key in walk.answers.items() if self._leads(step, key)})

    def _leads(self, step: str, key: str) -> bool:
        known = self.procedure.steps.get(step)
        return known is not None and known.next_step(key) is not None

    def _show(self, walk: Walk, *, is_open: bool = True) -> None:
        path = walk.replay(self.procedure)
        self.moved_at = self.context.clock.now()
        self.param.update(
            walk=walk,
            step=path.end,
            path=path.given,
            applying=self.applies_now(path.end),
            is_open=is_open,
            address=urlencode(dict(_address(walk, path.end))) if is_open else "",
        )


def reading(cell: GridCell) -> str:
    """Return the newest reading of a cell as text for the journal.

    For example, `alma-saml server down timeout 2026-11-24T09:12:00Z`.
    """
    parts = [cell.target, cell.vantage, cell.status.value]
    if cell.cause is not None:
        parts.append(cell.cause.value)
    if cell.newest is not None:
        parts.append(f"{cell.newest.at:%Y-%m-%dT%H:%M:%SZ}")
    return " ".join(parts)


def initials_of(name: str) -> str:
    """Return a name's initials, or the first letters of a single word, in capitals."""
    words = name.split()
    letters = "".join(word[0] for word in words) if len(words) > 1 else name
    return "".join(filter(str.isalpha, letters))[:INITIALS].upper()


def _address(walk: Walk, step: str) -> Iterator[Given]:
    if walk.answers:
        yield "walk", walk.to_address()
    yield "step", step

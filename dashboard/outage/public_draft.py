"""What the coordination is about to publish for readers: proposed, shown, then published."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import param

from dashboard.core.context import AppContext
from dashboard.core.state import State
from dashboard.core.users import Permission
from dashboard.outage.occasion import page_occasion
from dashboard.outage.outage import OutageState
from dashboard.outage.public_text import proposed_cause, proposed_text, public_state
from procedure.errors import OutageRefused, WindowRefused
from procedure.handbook.model import CAUSES
from procedure.journal import Entry
from procedure.outages.outage_acts import Occasion, open_outage
from procedure.outages.public_acts import announce_work, publish, set_service
from procedure.outages.public_entries import PublicState, PublicStatement, PublicWithdrawn
from procedure.outages.recording import record_act
from procedure.status_pages.maintenance import parse_planned_span

PHASES = ("begin", "update", "end")
EPOCH = datetime.fromtimestamp(0, UTC)


class PublicDraft(State):
    """The fields for readers, and what they would publish; only `publish` makes anything public.

    `fields` are `title_fr`, `text_fr` and so on, `news`, `lending`; for work also `start` and
    `last`, local times.
    """

    outage: OutageState = param.ClassSelector(class_=OutageState, precedence=-1)
    cause = param.Selector(default="system", objects=list(CAUSES))
    phase = param.Selector(default="begin", objects=list(PHASES))
    about_work = param.Boolean(default=False, doc="Whether it is about work ahead.")
    shown: PublicStatement | None = param.ClassSelector(
        class_=PublicStatement, doc="What was shown as it would look, None before."
    )
    refusal = param.String(default="", doc="Why nothing was shown or published; a key, or empty.")
    proposals = param.Integer(default=0, doc="Grows with every proposal.")
    published = param.Integer(default=0, doc="Grows with all that is published on this page.")

    def open(self) -> None:
        """Propose what fits the outage that stands, or work ahead where there is none."""
        record = self.outage.record
        if record is None:
            self.propose("work", "begin")
            return
        said = self.context.models.public.about(record.declared.id)
        cause = proposed_cause(record.declared.suspected, planned=record.declared.planned)
        self.propose(cause, "update" if said else "begin")

    def propose(self, cause: str, phase: str) -> None:
        """Fill in the texts of a cause and a phase; what was typed is replaced."""
        if cause in CAUSES and phase in PHASES:
            self.set(
                cause=cause,
                phase=phase,
                about_work=self.outage.record is None,
                shown=None,
                refusal="",
                proposals=self.proposals + 1,
            )

    def proposal(self) -> dict[str, tuple[str, str]]:
        """Return title and text by language of the handbook."""
        words = self.context.handbook.words
        return {code: proposed_text(self.cause, self.phase, one) for code, one in words.items()}

    def show(self, fields: Mapping[str, str]) -> None:
        """Show what these fields would publish, or why they cannot.

        Raises:
            NotAllowed.
        """
        self._require()
        try:
            self.set(shown=self._statement(fields), refusal="")
        except (OutageRefused, WindowRefused) as refused:
            self.set(shown=None, refusal=refused.reason)

    def publish(self, fields: Mapping[str, str]) -> None:
        """Publish what was shown; changed fields are shown again first.

        Raises:
            NotAllowed.
        """
        before = self.shown
        self.show(fields)
        shown = self.shown
        if before is None or shown is None or _content(before) != _content(shown):
            self.refusal = self.refusal or "not_shown"
        elif self._record(shown):
            self.set(shown=None, phase="update", proposals=self.proposals + 1)

    def withdraw(self, statement: str) -> None:
        """Take a statement off the page, by its id.

        Raises:
            NotAllowed.
        """
        self._require()
        known = {str(one.id): one.id for one in self.context.models.public.statements}
        if statement in known:
            self._record(PublicWithdrawn(**self._occasion().entry(), statement=known[statement]))

    def set_service(self, service: str, state: str) -> None:
        """Publish the state of a service.

        Raises:
            NotAllowed.
        """
        self._require()
        known = self.context.handbook.public_services
        if state in list(PublicState) and service in known:
            self._record(set_service(service, PublicState(state), known, self._occasion()))

    @property
    def context(self) -> AppContext:
        return self.outage.context

    def _require(self) -> None:
        self.outage.session.person.require(Permission.COORDINATE)

    def _record(self, entry: Entry) -> bool:
        """Record an entry; return whether it was, else `refusal` says why not."""
        try:
            record_act(self.context.journal, self._occasion(), lambda _: [entry])
        except OutageRefused as refused:
            self.refusal = refused.reason
            return False
        finally:
            self.outage.updates.refresh()
        self.set(refusal="", published=self.published + 1)
        return True

    def _occasion(self) -> Occasion:
        return page_occasion(self.context, self.outage.session)

    def _statement(self, fields: Mapping[str, str]) -> PublicStatement:
        titles, texts = (_by_language(fields, name) for name in ("title_", "text_"))
        occasion = self._occasion()
        if self.about_work:
            span = parse_planned_span(fields.get("start", ""), fields.get("last", ""), occasion.now)
            return announce_work(*span, titles, texts, occasion)
        return publish(
            open_outage(self.context.models.outages),
            titles,
            texts,
            occasion,
            state=public_state(self.cause),
            news=fields.get("news", ""),
            lending="lending" in fields,
        )


def _by_language(fields: Mapping[str, str], name: str) -> dict[str, str]:
    return {key.removeprefix(name): text for key, text in fields.items() if key.startswith(name)}


def _content(statement: PublicStatement) -> PublicStatement:
    """Return a statement without what differs between two looks at the same fields."""
    return replace(statement, id=UUID(int=0), at=EPOCH)

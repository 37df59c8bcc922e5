"""The state of the outage: suspected by rules, declared and ended by staff."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import param

from dashboard.core.change_counters import ChangeCounters
from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.core.state import State, keep_failure, needs
from dashboard.core.visitor import Permission
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.situation import LendIn, lend_in
from dashboard.outage.lately import over_lately, withdrawn_lately
from dashboard.outage.loans_left import LoansLeft
from dashboard.outage.occasion import page_occasion
from dashboard.outage.recovery import Recovery
from procedure.diagnosis.suspected_outage import (
    Suspected,
    proposed_begin,
    recovered_since,
    suspected_outage,
)
from procedure.journal import Entry
from procedure.outages import outage_acts
from procedure.outages.outage_acts import Occasion, open_outage
from procedure.outages.outage_entries import OutageEnded, OutageLog, OutageRecord, find_outage
from procedure.outages.public_acts import PatronMessage, publish, send
from procedure.outages.public_entries import PublicStatement, PublicWithdrawn
from procedure.outages.recording import record_act
from procedure.outages.withdrawal import withdraw


class OutageState(State):
    """The declared outage, the same on every page, and the actions on it.

    Nothing is declared or ended automatically: `suspected` and `well_since` are only proposals.
    """

    context = needs(AppContext)
    session = needs(Session)
    diagnosis = needs(DiagnosisState)
    loans_left = needs(LoansLeft)
    record = param.ClassSelector(class_=OutageRecord, doc="The declared outage, or None.")
    over = param.ClassSelector(class_=OutageRecord, doc="The last outage, if it ended recently.")
    withdrawn = param.ClassSelector(
        class_=OutageRecord, doc="The newest outage, if its declaration was recently withdrawn."
    )
    suspected = param.ClassSelector(
        class_=Suspected, doc="The suspected outage while none is declared, or None."
    )
    first_failure = param.ClassSelector(
        class_=datetime,
        doc="The time (UTC) at which the failing addresses began to fail, or None.",
    )
    workstations = param.Integer(default=0, doc="The number of workstations with an open page.")
    published = param.ClassSelector(
        class_=tuple,
        default=tuple[PublicStatement, ...](),
        doc="The entries on the public page about the outage and planned work, oldest first.",
    )
    answered = param.ClassSelector(
        class_=tuple,
        default=tuple[tuple[str, datetime], ...](),
        doc="Each vantage, with the time (UTC) at which Alma answered it again, earliest first.",
    )
    well_since = param.ClassSelector(
        class_=datetime,
        doc="The proposed end (UTC) of the outage, or None until all has been well for a while.",
    )
    overdue = param.Boolean(default=False, doc="Whether the promised update is overdue.")
    block_off = param.ClassSelector(
        class_=datetime,
        doc="The time (UTC) at which the block in Alma was lifted; see `Checklist.to_put_back`.",
    )
    ended_here = param.ClassSelector(
        class_=UUID, doc="The id of the outage whose end was confirmed on this page."
    )
    still_open = param.String(doc="See `LoansLeft.still_open`.")
    is_signed = param.Boolean(default=False, doc="Whether the loans of `over` were signed off.")
    to_bring = param.Integer(
        default=0,
        allow_None=True,
        doc="The number of loans to transfer to Alma; None while it is unknown.",
    )
    lend_in = param.Selector(
        default=LendIn.NOT_KNOWN,
        objects=list(LendIn),
        doc="Where staff should lend, if this is known.",
    )
    alert_fault = param.String(doc="The channels that did not deliver the newest alert.")
    backup_failed = param.Boolean(doc="Whether the last backup failed.")

    def __init__(self, **params: object) -> None:
        super().__init__(**{"loans_left": LoansLeft()} | params)
        self._recovery = Recovery(self.context)
        self._read()

    @property
    def updates(self) -> ChangeCounters:
        return self.diagnosis.updates

    @param.depends(
        "diagnosis.result",
        "diagnosis.planned_work",
        "diagnosis.grid.state",
        "diagnosis.grid.updates.now",
        "diagnosis.grid.updates.journal",
        watch=True,
    )
    @keep_failure
    def _read(self) -> None:
        """Update all parameters except `ended_here`."""
        now, context, state = self.context.clock.now(), self.context, self.diagnosis.grid.state
        context.watches.recent.note_fault(self.diagnosis.result.fault, now)
        record = context.folds.outages.current()
        promised = record.next_news if record else None
        over = None if record else over_lately(context.folds.outages, now)
        after = context.settings.recovered_after
        well = recovered_since(context.watches.recent.condition, after, now) if record else None
        answered = self._recovery.answered(well) if well and self.coordinates else ()
        signed = self.loans_left.signed_at()
        self.set(
            record=record,
            over=over,
            withdrawn=None if record else withdrawn_lately(context.folds.outages, now),
            is_signed=bool(over and over.over and signed and signed >= over.over.at),
            suspected=None
            if record
            else suspected_outage(
                context.watches.recent.condition,
                self.diagnosis.planned_work,
                context.settings.suspect_after,
                now,
            ),
            first_failure=state.since if state.failing else None,
            workstations=len(context.watches.workstations.vantages),
            published=context.folds.public.current(record and record.declared.id, now),
            answered=answered,
            well_since=answered[-1][1] if answered else well,
            overdue=promised is not None and promised <= now,
            block_off=context.folds.checklist.to_put_back,
            alert_fault=", ".join(context.upkeep.state("alerts").unreached),
            backup_failed="backup" in context.upkeep.failing,
            to_bring=self.loans_left.to_bring(),
            still_open=self.loans_left.still_open(),
            lend_in=lend_in(state, self.diagnosis.result.fault, declared=record is not None),
        )

    def declare(
        self,
        title: str,
        *,
        begun: str = "",
        lending: bool = True,
        message: str | Mapping[str, str] = "",
        news: str = "",
        patrons: PatronMessage | None = None,
        anyway: bool = False,
    ) -> None:
        """Declare an outage on all pages; `begun` and `news` are times as typed.

        If there is a message for patrons, it is published. `anyway` declares the outage even if it
        overlaps another outage.

        Raises:
            OutageRefused: nothing was recorded; its `reason` is the key of a message on the page.
        """
        reason, occasion = self.suspected, self._occasion()

        def act(log: OutageLog) -> Iterator[Entry]:
            declared, *first = outage_acts.declare(
                log,
                title,
                occasion,
                begun=begun,
                lending=lending,
                message=message,
                news=news,
                planned=reason is not None and reason.planned,
                suspected=reason.fault if reason else "",
                anyway=anyway,
            )
            yield from (declared, *first)
            if patrons is not None:
                yield publish(declared.id, patrons, occasion, news=news, lending=lending)

        self._record(lambda log: list(act(log)))

    def send_message(
        self,
        desks: Mapping[str, str],
        *,
        patrons: PatronMessage | None = None,
        news: str = "",
        lending: bool = True,
    ) -> None:
        """Send a message, given by language, to the desks, to patrons or to both.

        Raises:
            OutageRefused: see `declare`.
        """
        occasion = self._occasion()
        self._record(
            lambda log: list(
                send(open_outage(log), desks, patrons, occasion, news=news, lending=lending)
            )
        )

    def withdraw(self, statement: str) -> None:
        """Take a message off the public page, given its id; an unknown id is ignored.

        Raises:
            OutageRefused: see `declare`.
        """
        self.session.person.require(Permission.COORDINATE)
        known = {
            str(statement.id): statement.id for statement in self.context.folds.public.statements
        }
        if statement in known:
            occasion = self._occasion()
            self._record(
                lambda _: [PublicWithdrawn(**occasion.entry(), statement=known[statement])]
            )

    def note(self, text: str, contact: str | None = None) -> None:
        """Add a note, or record that a contact was reached; an unknown contact is ignored.

        Raises:
            OutageRefused: see `declare`.
        """
        if contact is not None and contact not in self.context.handbook.current.contacts:
            return
        occasion = self._occasion()
        self._record(lambda log: [outage_acts.take_note(open_outage(log), text, occasion, contact)])

    def end(self, ended: str = "", *, anyway: bool = False) -> None:
        """End the outage; `ended` is a time as typed. If it is empty, the outage ends now.

        `anyway` accepts an end before the declaration.

        Raises:
            OutageRefused: see `declare`.
        """
        occasion = self._occasion()
        self._record(
            lambda log: [outage_acts.end(open_outage(log), occasion, ended, anyway=anyway)]
        )

    def withdraw_declaration(self, reason: str) -> None:
        """Withdraw the declaration, its messages, and the public statements about it.

        Raises:
            OutageRefused: see `declare`.
        """
        occasion = self._occasion()
        self._record(lambda log: [withdraw(open_outage(log), occasion, reason)])

    def review(self, happened: str, noticed: str, change: str) -> None:
        """Record a review of the newest outage; earlier versions stay in the journal.

        Raises:
            OutageRefused: see `declare`.
        """
        occasion = self._occasion()
        self._record(
            lambda log: [
                outage_acts.review(
                    find_outage(log.records(), "last"),
                    occasion,
                    happened=happened,
                    noticed=noticed,
                    change=change,
                )
            ]
        )

    @property
    def begun(self) -> datetime:
        """The proposed start (UTC) of the outage to declare; see `proposed_begin`."""
        return proposed_begin(self.suspected, self.first_failure, self.context.clock.now())

    @property
    def coordinates(self) -> bool:
        """Whether the person may declare an outage and send messages to the desks."""
        return self.session.person.may(Permission.COORDINATE)

    def _record(self, act: Callable[[OutageLog], Sequence[Entry]]) -> None:
        self.session.person.require(Permission.COORDINATE)
        try:
            entry = record_act(self.context.store.journal, self._occasion(), act).entry
            if isinstance(entry, OutageEnded):
                self.ended_here = entry.outage
        finally:
            self.updates.refresh()

    def _occasion(self) -> Occasion:
        return page_occasion(self.context, self.session)

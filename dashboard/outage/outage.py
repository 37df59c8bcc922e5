"""The outage that all pages share: suspected by rules, declared and ended by people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import param

from dashboard.core.change_counters import ChangeCounters
from dashboard.core.context import AppContext
from dashboard.core.rights import Permission
from dashboard.core.session import Session
from dashboard.core.state import State, keeps_failure
from dashboard.errors import OutageRefused
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.where_to_lend import LendIn, lend_in
from dashboard.outage.outage_note import outage_note
from dashboard.outage.proposals import Suspected, recovered_since, suspected_outage
from procedure.circulation.redaction import redact_identifiers
from procedure.diagnosis.lasting_trouble import update_condition
from procedure.errors import JournalMoved
from procedure.journal import Entry
from procedure.local_time import parse_last_time, parse_next_time
from procedure.outages.declared_outage import OutageDeclared, OutageEnded, OutageNews, OutageRecord

LATELY = timedelta(hours=12)  # for so long after its end the reconciliation is shown


class OutageState(State):
    """The declared outage as every page shows it, and the actions on it.

    Nothing here declares or ends an outage by itself: `suspected` and `well_since` only propose.
    """

    context: AppContext = param.ClassSelector(class_=AppContext, precedence=-1)
    session: Session = param.ClassSelector(class_=Session, precedence=-1)
    diagnosis: DiagnosisState = param.ClassSelector(class_=DiagnosisState, precedence=-1)
    record: OutageRecord | None = param.ClassSelector(
        class_=OutageRecord, doc="The declared outage, None without."
    )
    over: OutageRecord | None = param.ClassSelector(
        class_=OutageRecord, doc="The last one, over lately."
    )
    suspected: Suspected | None = param.ClassSelector(
        class_=Suspected, doc="What may be an outage, while none is declared."
    )
    well_since: datetime | None = param.Date(doc="Since when all is well, once it lasts (UTC).")
    overdue = param.Boolean(default=False, doc="Whether the promised news has not come.")
    block_off = param.Date(doc="Since when Alma's block waits to be put back (UTC), or None.")
    ended_here = param.ClassSelector(
        class_=UUID, doc="Id of the outage whose end this page confirmed."
    )
    count_to_bring: Callable[[], int | None] = param.Callable(
        default=lambda: 0, doc="Returns the loans to bring into Alma, None while unknown."
    )
    find_still_open: Callable[[], str] = param.Callable(
        default=lambda: "",
        doc="Returns what is left once each loan is accounted for; empty if none.",
    )
    still_open = param.String(doc="What `find_still_open` returned last.")
    to_bring = param.Integer(
        default=0, allow_None=True, doc="Loans to bring into Alma; None while the log is read."
    )
    lend_in = param.Selector(
        default=LendIn.NOT_KNOWN, objects=list(LendIn), doc="Where to lend, as far as it is known."
    )
    alert_fault = param.String(doc="The channels that did not take the newest alert.")
    backup_failed = param.Boolean(doc="Whether the last backup could not be made.")
    opened = param.Boolean(default=False, doc="Whether this page shows the coordination's panel.")

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self._read()

    @property
    def updates(self) -> ChangeCounters:
        """What is new for the page."""
        return self.diagnosis.updates

    @param.depends(
        "diagnosis.result",
        "diagnosis.windows",
        "diagnosis.grid.state",
        "diagnosis.grid.updates.now",
        "diagnosis.grid.updates.journal",
        watch=True,
    )
    @keeps_failure
    def _read(self) -> None:
        """Read the record, and how long the diagnosis has been trouble or none."""
        now, context = self.context.now(), self.context
        context.condition = update_condition(context.condition, self.diagnosis.result.fault, now)
        record = context.models.outages.current()
        promised = record.next_news if record else None
        self.set(
            record=record,
            over=None if record else self._over_lately(now),
            suspected=None if record else suspected_outage(context, self.diagnosis.windows, now),
            well_since=recovered_since(context, now) if record else None,
            overdue=promised is not None and promised <= now,
            block_off=context.models.checklist.to_put_back,
            alert_fault=context.alert_fault,
            backup_failed=context.backup_failed,
            to_bring=self.count_to_bring(),
            still_open=self.find_still_open(),
            lend_in=lend_in(
                self.diagnosis.grid.state,
                self.diagnosis.result.fault,
                declared=record is not None,
            ),
        )

    def declare(
        self,
        title: str,
        *,
        begun: str = "",
        lending: bool = True,
        message: str = "",
        news: str = "",
    ) -> None:
        """Declare an outage, for all pages at once; `begun` and `news` are times as written.

        Raises:
            OutageRefused: nothing was recorded; its reason is a key for the page.
        """
        reason, now = self.suspected, self.context.now()
        declared = OutageDeclared(
            id=self.context.new_id(),
            at=now,
            title=self._title(title),
            begun=_instant(begun, now, parse_last_time) or now,
            lending=lending,
            planned=reason is not None and reason.planned,
            suspected=reason.fault if reason else "",
            **self._by(),
        )
        text = redact_identifiers(message, self.context.handbook.scans)
        news_entry = OutageNews(
            id=self.context.new_id(),
            at=now,
            outage=declared.id,
            message=text,
            next_news=_instant(news, now, parse_next_time),
            lending=lending,
            **self._by(),
        )
        self._record(*([declared, news_entry] if text else [declared]), alone=True)

    def say(self, message: str, *, news: str = "", lending: bool = True) -> None:
        """Send a message to every desk, with the time of the next news.

        Raises:
            OutageRefused: see `declare`.
        """
        record, now = self._standing(), self.context.now()
        text = redact_identifiers(message, self.context.handbook.scans)
        if not text and lending == record.lending:
            raise OutageRefused("message_missing", "Write the message for the desks.")
        due = _instant(news, now, parse_next_time)
        self._record(
            OutageNews(
                id=self.context.new_id(),
                at=now,
                outage=record.declared.id,
                message=text,
                next_news=due,
                lending=lending,
                **self._by(),
            )
        )

    def note(self, text: str, contact: str | None = None) -> None:
        """Record a note with the outage, or that a contact was reached.

        Raises:
            OutageRefused: see `declare`.
        """
        record = self._standing()
        if contact is not None and contact not in self.context.handbook.contacts:
            return
        entry = outage_note(record, self.context, self.session, text, contact)
        if contact is None and not entry.text:
            raise OutageRefused("note_missing", "Say it in a few words.")
        self._record(entry)

    def end(self, ended: str = "") -> None:
        """Confirm that the outage is over; `ended` is when it was, as written, now if empty.

        Raises:
            OutageRefused: see `declare`.
        """
        record, now = self._standing(), self.context.now()
        at = _instant(ended, now, parse_last_time) or now
        if at < record.declared.begun:
            raise OutageRefused("end_before_begin", "It cannot end before it began.")
        self.ended_here = record.declared.id
        self._record(
            OutageEnded(
                id=self.context.new_id(), at=now, outage=record.declared.id, ended=at, **self._by()
            )
        )

    def open(self, *, shown: bool = True) -> None:
        """Show or hide the coordination's panel on this page.

        Raises:
            NotAllowed.
        """
        if shown:
            self.session.person.require(Permission.COORDINATE)
        self.opened = shown

    @property
    def coordinates(self) -> bool:
        """Whether the person may declare an outage and write to the desks."""
        return self.session.person.may(Permission.COORDINATE)

    def _record(self, *entries: Entry, alone: bool = False) -> None:
        self.session.person.require(Permission.COORDINATE)
        # Two people who declare the same outage at the same time must not make two of it; while
        # one stands, its own declaration is already too new.
        models = self.context.models
        read = models.position if models.outages.current() is None else 0
        try:
            self.context.journal.append(
                *entries, unless_newer=(("outage_declared",), read) if alone else None
            )
        except JournalMoved:
            raise OutageRefused("declared_already", "Somebody has declared it.") from None
        finally:
            self.updates.refresh()

    def _standing(self) -> OutageRecord:
        self.context.models.update()
        record = self.context.models.outages.current()
        if record is None:
            raise OutageRefused("none_stands", "No outage is declared any more.")
        return record

    def _title(self, text: str) -> str:
        words = redact_identifiers(text, self.context.handbook.scans)
        if not words:
            raise OutageRefused("title_missing", "Say it in a few words.")
        return words

    def _by(self) -> dict[str, Any]:
        return {"workstation": self.session.workstation, "operator": self.session.person.name}

    def _over_lately(self, now: datetime) -> OutageRecord | None:
        ended = [
            record for record in self.context.models.outages.records() if record.over is not None
        ]
        newest = max(ended, key=lambda outage: outage.over.at if outage.over else now, default=None)
        lately = newest is not None and newest.over is not None and now - newest.over.at < LATELY
        return newest if lately else None


def _instant(
    text: str, now: datetime, parse: Callable[[str, datetime], datetime | None]
) -> datetime | None:
    if not text.strip():
        return None
    instant = parse(text, now)
    if instant is None:
        raise OutageRefused("no_time", "Write the time like 09:12, or 24.11. 09:12.")
    return instant

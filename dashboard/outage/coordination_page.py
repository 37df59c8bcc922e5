"""The coordinators' page: key facts, the message form, the course of the outage, and its end."""

from collections.abc import Iterator, Mapping

import param

from dashboard.core.context import AppContext
from dashboard.core.state import needs
from dashboard.outage.coordination_view import CoordinationView
from dashboard.outage.ending_view import EndingView, OfferedEndView
from dashboard.outage.message_view import MessageView
from dashboard.outage.outage import OutageState
from dashboard.outage.outage_course import course
from dashboard.outage.review_view import ReviewForm
from dashboard.translations import Language
from dashboard.ui.live_html import LiveStack
from dashboard.ui.view import View
from procedure.guide.contact_hours import Presence, reachable
from procedure.outages.outage_entries import OutageRecord
from procedure.outages.outage_loans import outage_loans, outage_spans


class FactsView(CoordinationView):
    """The key facts on one line: declaration, contacts, loans so far, and closed desks."""

    css_classes = ("coordination-facts",)

    @param.depends(
        "refusal",
        "outage.record",
        "outage.to_bring",
        "outage.alert_fault",
        "outage.backup_failed",
        "outage.updates.handbook",
        "outage.updates.minute",
    )
    def _html(self) -> str:
        record = self.outage.record
        return self._render(
            "facts",
            reached=_reached(record) if record else {},
            contacts=self.outage.context.handbook.current.words[self.language.of_words].contacts,
            lent=self._lent(record) if record else (),
            closed=list(_closed_desks(self.outage.context, self.language)),
        )

    def _lent(self, record: OutageRecord) -> list[str]:
        """Return the desk of each loan since the outage began."""
        context = self.outage.context
        spans = outage_spans(context.folds.outages.records(), context.clock.now())
        loans = outage_loans(record.declared.id, spans, context.folds.loan_log)
        return [row.loan.desk for row in loans.standing]

    def _act(self, act: str, value: str) -> None:
        if act == "reached":
            self._do(lambda: self.outage.note("", value))


class CourseView(CoordinationView):
    """The actions so far, newest first, and a field for a note."""

    css_classes = ("coordination-course",)
    noted = param.Integer(
        default=0, doc="The number of notes recorded; each note empties the field."
    )

    @param.depends(
        "noted",
        "refusal",
        "outage.record",
        "outage.published",
        "outage.updates.handbook",
        "outage.session.signer",
    )
    def _html(self) -> str:
        outage, record = self.outage, self.outage.record
        if record is None:
            return ""
        words = outage.context.handbook.current.words[self.language.of_words]
        return self._render(
            "course",
            noted=self.noted,
            lines=course(record, outage.published, words, self.language),
        )

    def _submit(self, act: str, fields: Mapping[str, str]) -> None:
        if act == "take-back":
            self._do(lambda: self.outage.withdraw_declaration(fields.get("reason", "")))
            return
        # If the button is clicked twice, record the note only once.
        is_drawn = fields.get("drawn") == str(self.noted)
        if (
            act == "note"
            and is_drawn
            and self._do(lambda: self.outage.note(fields.get("note", "")))
        ):
            self.noted += 1

    def _act(self, act: str, value: str) -> None:
        if act == "withdraw":
            self._do(lambda: self.outage.withdraw(value))


class CoordinationPage(View):
    """The page for people who may declare an outage."""

    outage = needs(OutageState)

    def __init__(self, **params: object) -> None:
        super().__init__(**params)
        kinds = (FactsView, OfferedEndView, MessageView, EndingView, CourseView, ReviewForm)
        parts = [kind(outage=self.outage, language=self.language) for kind in kinds]
        self._view = LiveStack(parts, css_classes=["coordination"])


def _reached(record: OutageRecord) -> dict[str, object]:
    return {note.contact: note for note in record.notes if note.contact}


def _closed_desks(context: AppContext, language: Language) -> Iterator[str]:
    """Yield each desk that is closed now, and when it opens."""
    handbook, now = context.handbook.current, context.clock.now()
    closed_days = handbook.closed_days(now)
    for desk in handbook.desks.values():
        found = reachable(desk, now, closed_days)
        if found.presence is not Presence.CLOSED:
            continue
        if found.changes is None:
            yield desk.name
            continue
        opens = language.moment(found.changes, now)
        until = opens if found.hours_given else language.day(found.changes)
        yield language.say("{desk}, jusqu’à {until}", desk=desk.name, until=until)

"""The requests of programs that act on an outage, as JSON, and what each records."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from procedure.journal import Entry
from procedure.outages import outage_acts
from procedure.outages.declared_outage import (
    OutageDeclared,
    OutageEnded,
    OutageLog,
    OutageNews,
    OutageNote,
    OutageReviewed,
    find_outage,
)
from procedure.outages.outage_acts import Occasion, open_outage


class OutageRequest(Struct, forbid_unknown_fields=True, kw_only=True):
    """What every request has: the person for whom it acts, and an id to send it again with."""

    by: Annotated[str, Meta(max_length=100)] = ""
    id: UUID | None = None


class Declaration(OutageRequest):
    """Declares an outage, with a first message if it has a text."""

    kind = OutageDeclared

    title: str = ""
    begun: str = ""
    lending: bool = True
    planned: bool = False
    message: str = ""
    next_news: str = ""

    def entries(self, log: OutageLog, occasion: Occasion) -> Sequence[Entry]:
        return outage_acts.declare(
            log,
            self.title,
            occasion,
            begun=self.begun,
            lending=self.lending,
            planned=self.planned,
            message=self.message,
            news=self.next_news,
        )


class Message(OutageRequest):
    """Sends a message to every desk; without `lending` that stays as it is."""

    kind = OutageNews

    message: str = ""
    next_news: str = ""
    lending: bool | None = None

    def entries(self, log: OutageLog, occasion: Occasion) -> Sequence[Entry]:
        record = open_outage(log)
        lending = record.lending if self.lending is None else self.lending
        due = self.next_news
        return [outage_acts.send_message(record, self.message, occasion, news=due, lending=lending)]


class Note(OutageRequest):
    """Takes a note, or says that a contact of the handbook was reached."""

    kind = OutageNote

    text: str = ""
    contact: str | None = None

    def entries(self, log: OutageLog, occasion: Occasion) -> Sequence[Entry]:
        return [outage_acts.take_note(open_outage(log), self.text, occasion, self.contact)]


class End(OutageRequest):
    """Confirms that the outage is over."""

    kind = OutageEnded

    ended: str = ""

    def entries(self, log: OutageLog, occasion: Occasion) -> Sequence[Entry]:
        return [outage_acts.end(open_outage(log), occasion, self.ended)]


class Review(OutageRequest):
    """Records the review; a text that is not given stays as it is.

    `outage` is the id of the outage, the beginning of it, or `last`.
    """

    kind = OutageReviewed

    outage: str = "last"
    happened: str | None = None
    noticed: str | None = None
    change: str | None = None

    def entries(self, log: OutageLog, occasion: Occasion) -> Sequence[Entry]:
        record = find_outage(log.records(), self.outage)
        return [
            outage_acts.review(
                record,
                occasion,
                happened=self.happened,
                noticed=self.noticed,
                change=self.change,
            )
        ]


REQUESTS: Mapping[str, Any] = {
    "declare": Declaration,
    "message": Message,
    "note": Note,
    "end": End,
    "review": Review,
}

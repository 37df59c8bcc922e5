"""The requests of programs that act on an outage, as JSON, and what each records."""

from __future__ import annotations

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
)
from procedure.outages.outage_acts import Occasion, standing


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
        record = standing(log)
        lending = record.lending if self.lending is None else self.lending
        due = self.next_news
        return [outage_acts.send_message(record, self.message, occasion, news=due, lending=lending)]


class Note(OutageRequest):
    """Takes a note, or says that a contact of the handbook was reached."""

    kind = OutageNote

    text: str = ""
    contact: str | None = None

    def entries(self, log: OutageLog, occasion: Occasion) -> Sequence[Entry]:
        return [outage_acts.take_note(standing(log), self.text, occasion, self.contact)]


class End(OutageRequest):
    """Confirms that the outage is over."""

    kind = OutageEnded

    ended: str = ""

    def entries(self, log: OutageLog, occasion: Occasion) -> Sequence[Entry]:
        return [outage_acts.end(standing(log), occasion, self.ended)]


REQUESTS: Mapping[str, Any] = {
    "declare": Declaration,
    "message": Message,
    "note": Note,
    "end": End,
}

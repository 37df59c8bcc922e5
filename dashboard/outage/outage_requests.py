"""Requests from programs and commands about an outage: their fields and entries.

Over HTTP, a request is a JSON object; each `relais outage` command has an argument or option for
each field.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from procedure.handbook.model import Handbook
from procedure.journal import Entry
from procedure.outages import outage_acts
from procedure.outages.outage_acts import Occasion, open_outage
from procedure.outages.outage_entries import (
    OutageDeclared,
    OutageEnded,
    OutageLog,
    OutageNews,
    OutageNote,
    OutageReviewed,
    OutageWithdrawn,
    find_outage,
)
from procedure.outages.withdrawal import withdraw


def _option(text: str, **command: object) -> Meta:
    """Describe a field; `command` holds further settings for its command-line option."""
    return Meta(description=text, extra=command)


ARGUMENT = Meta(extra={"argument": True})
BEGUN = _option("When it began; by default, now.", metavar="TIME")
NEXT_NEWS = _option("When to expect the next update.", metavar="TIME")
ENDED = _option("When it ended; by default, now.", name="--at", metavar="TIME")
LENDING = _option("Whether the desks keep lending.", name="--lend/--no-lend")
LENDING_NOW = _option("Whether the desks lend from now on.", name="--lend/--no-lend")
PLANNED = _option("The outage is planned work.", is_flag=True)
FIRST_MESSAGE = _option("The first message to every desk.")
CONTACT = _option("The contact in the handbook who was reached.", metavar="KEY")
HAPPENED = _option("What happened.", metavar="TEXT")
NOTICED = _option("When it was noticed, and by whom.", metavar="TEXT")
CHANGE = _option("What to change.", metavar="TEXT")
REASON = _option("Why the declaration was a mistake.", metavar="TEXT", required=True)
ANYWAY = _option("Declare it even if it overlaps another outage.", is_flag=True)
ENDED_ANYWAY = _option("End it even if it was declared after this end time.", is_flag=True)
OUTAGE = _option("The outage's id, or a prefix of it; by default, the latest outage.")
PERSON = Meta(
    max_length=100, description="Who is doing this.", extra={"metavar": "NAME", "required": True}
)


class OutageRequest(Struct, forbid_unknown_fields=True, kw_only=True):
    """The base of every request, with the person who makes it and an id for repeating it safely."""

    by: Annotated[str, PERSON] = ""
    id: UUID | None = None

    def refusal(self, handbook: Handbook) -> str:
        """Return why the handbook does not allow the request, or an empty string."""
        del handbook
        return ""


class Declaration(OutageRequest):
    """Declare an outage on every page at once."""

    kind = OutageDeclared

    title: Annotated[str, Meta(extra={"argument": True, "required": True})] = ""
    begun: Annotated[str, BEGUN] = ""
    lending: Annotated[bool, LENDING] = True
    planned: Annotated[bool, PLANNED] = False
    message: Annotated[str, FIRST_MESSAGE] = ""
    next_news: Annotated[str, NEXT_NEWS] = ""
    anyway: Annotated[bool, ANYWAY] = False

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
            anyway=self.anyway,
        )


class Message(OutageRequest):
    """Send a message to every desk, and start or stop lending there."""

    kind = OutageNews

    message: Annotated[str, ARGUMENT] = ""
    next_news: Annotated[str, NEXT_NEWS] = ""
    lending: Annotated[bool | None, LENDING_NOW] = None

    def entries(self, log: OutageLog, occasion: Occasion) -> Sequence[Entry]:
        record = open_outage(log)
        lending = record.lending if self.lending is None else self.lending
        due = self.next_news
        return [outage_acts.send_message(record, self.message, occasion, news=due, lending=lending)]


class Note(OutageRequest):
    """Add a note for the dossier, or record that a contact was reached."""

    kind = OutageNote

    text: Annotated[str, ARGUMENT] = ""
    contact: Annotated[str | None, CONTACT] = None

    def refusal(self, handbook: Handbook) -> str:
        if self.contact is None or self.contact in handbook.contacts:
            return ""
        known = ", ".join(handbook.contacts)
        return f"{self.contact} is not a contact in the handbook; its contacts are: {known}"

    def entries(self, log: OutageLog, occasion: Occasion) -> Sequence[Entry]:
        return [outage_acts.take_note(open_outage(log), self.text, occasion, self.contact)]


class End(OutageRequest):
    """End the outage."""

    kind = OutageEnded

    ended: Annotated[str, ENDED] = ""
    anyway: Annotated[bool, ENDED_ANYWAY] = False

    def entries(self, log: OutageLog, occasion: Occasion) -> Sequence[Entry]:
        return [outage_acts.end(open_outage(log), occasion, self.ended, anyway=self.anyway)]


class Withdrawal(OutageRequest):
    """Withdraw a mistaken declaration.

    C1 ends, and the message and public statements are withdrawn. The outage no longer appears in
    counts and lists; the journal keeps it.
    """

    kind = OutageWithdrawn

    reason: Annotated[str, REASON] = ""

    def entries(self, log: OutageLog, occasion: Occasion) -> Sequence[Entry]:
        return [withdraw(open_outage(log), occasion, self.reason)]


class Review(OutageRequest):
    """Write the review of an outage for its dossier.

    Texts that are left out stay unchanged.
    """

    kind = OutageReviewed

    happened: Annotated[str | None, HAPPENED] = None
    noticed: Annotated[str | None, NOTICED] = None
    change: Annotated[str | None, CHANGE] = None
    outage: Annotated[str, OUTAGE] = "last"

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


REQUESTS: Mapping[str, object] = {
    "declare": Declaration,
    "message": Message,
    "note": Note,
    "end": End,
    "review": Review,
    "withdraw": Withdrawal,
}

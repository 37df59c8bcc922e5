"""Public statements by coordinators: messages for patrons, and planned work.

As in `outage_acts`, each function makes the entries to record.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from procedure.errors import OutageRefused
from procedure.outages.outage_acts import Occasion, next_time, send_message
from procedure.outages.outage_entries import OutageNews, OutageRecord
from procedure.outages.public_entries import PublicState, PublicStatement


@dataclass(frozen=True, slots=True)
class PatronMessage:
    """A message for patrons: the state to show, and titles and texts by language."""

    state: PublicState
    titles: Mapping[str, str]
    texts: Mapping[str, str]


def publish(
    outage: UUID, message: PatronMessage, occasion: Occasion, *, news: str = "", lending: bool
) -> PublicStatement:
    """Return a public statement about an outage; `news` is the time of the next update, as typed.

    `lending` says whether patrons can borrow during the outage.

    Raises:
        OutageRefused: the message has no text, or a text or time cannot be recorded.
    """
    texts = _written(message.texts, occasion)
    if not texts:
        raise OutageRefused("message_missing", "Write the message for patrons.")
    return PublicStatement(
        **occasion.entry(),
        outage=outage,
        state=message.state,
        titles=_written(message.titles, occasion),
        texts=texts,
        next_news=next_time(news, occasion),
        lending=lending,
    )


def send(
    record: OutageRecord,
    desks: Mapping[str, str],
    patrons: PatronMessage | None,
    occasion: Occasion,
    *,
    news: str = "",
    lending: bool,
) -> Iterator[OutageNews | PublicStatement]:
    """Yield a message to the desks, a message to patrons, or both.

    `desks` maps languages to texts. If `lending` changes, the desks are told, even if the message
    is only for patrons.

    Raises:
        OutageRefused: a message is missing, or a text or time cannot be recorded.
    """
    if patrons is None or any(desks.values()) or lending != record.lending:
        yield send_message(record, desks, occasion, news=news, lending=lending)
    if patrons is not None:
        yield publish(record.declared.id, patrons, occasion, news=news, lending=lending)


def announce_work(
    start: datetime, end: datetime, message: PatronMessage, occasion: Occasion
) -> PublicStatement:
    """Return a public statement about planned work; times are aware UTC.

    Raises:
        OutageRefused: a text cannot be recorded.
    """
    return PublicStatement(
        **occasion.entry(),
        outage=None,
        state=message.state,
        titles=_written(message.titles, occasion),
        texts=_written(message.texts, occasion),
        start=start,
        end=end,
    )


def _written(texts: Mapping[str, str], occasion: Occasion) -> dict[str, str]:
    """Return the texts that are not empty, in the given order, with identifiers hidden."""
    plain = {language: occasion.text(text) for language, text in texts.items()}
    return {language: text for language, text in plain.items() if text}

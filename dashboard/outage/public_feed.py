"""What the feed of the public page says: an item for each begin, message, end and service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from dashboard.outage.public_text import text_of
from dashboard.translations import Language
from dashboard.translations.sentences import state_names
from procedure.outages.public_entries import PublicState
from procedure.outages.public_status import PublicOutage, PublicPage


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One change; `guid` stays the same as long as the item is in the feed."""

    at: datetime
    guid: str
    title: str
    text: str


def feed_items(
    page: PublicPage, names: Mapping[str, str], shown: Language, now: datetime
) -> Iterator[FeedItem]:
    """Yield the items of a page in a language; `names` are those of the services."""
    for outage in (*page.outages, *page.ahead):
        yield from _of_outage(outage, shown, now)
    states = state_names(shown)
    for service in page.services:
        state, name = states[service.state], names[service.service]
        title = shown.say("{state}\u202f: {what}", state=state, what=name)
        said = shown.say("État donné par la bibliothèque.")
        yield FeedItem(service.at, f"urn:uuid:{service.id}", title, said)


def _of_outage(outage: PublicOutage, shown: Language, now: datetime) -> Iterator[FeedItem]:
    say, title, guid = shown.say, text_of(outage.title, shown), f"urn:uuid:{outage.id}"
    # Work is announced by the one entry whose id it has.
    begin = guid if outage.until is None else f"{guid}#begin"
    if outage.begun <= now:
        planned = outage.state is PublicState.PLANNED
        text = say("Travaux en cours.") if planned else say("Panne déclarée.")
        yield FeedItem(outage.begun, begin, title, text)
    for message in outage.messages:
        said = text_of(message.text, shown)
        yield FeedItem(message.at, f"urn:uuid:{message.id}", title, said)
    if outage.next_news is not None and outage.is_overdue(now):
        text = say("Nouvelles attendues, en retard.")
        yield FeedItem(
            outage.next_news, f"{guid}#overdue-{outage.next_news:%Y%m%dT%H%M}", title, text
        )
    if outage.ended is not None:
        yield FeedItem(outage.ended, f"{guid}#end", title, say("La panne est finie."))

"""What people publish for readers: a statement, its withdrawal, the state of a service, work ahead.

As in `outage_acts`: each act is a function to the entry that is to be recorded.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from procedure.errors import OutageRefused
from procedure.outages.declared_outage import OutageRecord
from procedure.outages.outage_acts import Occasion, next_time
from procedure.outages.public_entries import PublicServiceSet, PublicState, PublicStatement


def publish(
    record: OutageRecord,
    titles: Mapping[str, str],
    texts: Mapping[str, str],
    occasion: Occasion,
    *,
    state: PublicState,
    news: str = "",
    lending: bool = False,
) -> PublicStatement:
    """Return what readers are told of an outage, by language; `news` is a time as written.

    A language without a title shows that of the first one. Without a text the title, the state, the
    next news and whether users can borrow change alone.

    Raises:
        OutageRefused.
    """
    return PublicStatement(
        **occasion.entry(),
        outage=record.declared.id,
        state=state,
        titles=_titles(titles, occasion),
        texts=_written(texts, occasion),
        next_news=next_time(news, occasion),
        lending=lending,
    )


def announce_work(
    start: datetime,
    end: datetime,
    titles: Mapping[str, str],
    texts: Mapping[str, str],
    occasion: Occasion,
) -> PublicStatement:
    """Return what readers are told of work ahead, by language; instants are aware UTC.

    Raises:
        OutageRefused.
    """
    return PublicStatement(
        **occasion.entry(),
        outage=None,
        state=PublicState.PLANNED,
        titles=_titles(titles, occasion),
        texts=_written(texts, occasion),
        start=start,
        end=end,
    )


def set_service(
    service: str, state: PublicState, known: Collection[str], occasion: Occasion
) -> PublicServiceSet:
    """Return the state of a service as a person sets it; `known` are those of the handbook.

    Raises:
        OutageRefused.
    """
    if service not in known:
        raise OutageRefused("service_unknown", "The handbook has no such service.")
    return PublicServiceSet(**occasion.entry(), service=service, state=state)


def _titles(titles: Mapping[str, str], occasion: Occasion) -> dict[str, str]:
    written = _written(titles, occasion)
    if not written:
        raise OutageRefused("public_title_missing", "Say what does not work.")
    return written


def _written(texts: Mapping[str, str], occasion: Occasion) -> dict[str, str]:
    """Return the texts that are not empty, without identifiers, in the order of the languages."""
    plain = {language: occasion.text(text) for language, text in texts.items()}
    return {language: text for language, text in plain.items() if text}

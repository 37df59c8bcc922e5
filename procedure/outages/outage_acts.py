"""Actions in an outage: declaring it, sending messages, taking notes, ending it, reviewing it.

Each function turns a person's input into the entries to record, and raises `OutageRefused` if a
text or time cannot be recorded. `procedure.outages.outage_entries` defines the entries, and
`procedure.outages.recording` records them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from procedure.circulation.redaction import redact_identifiers
from procedure.circulation.scan_rules import ScanRules
from procedure.errors import OutageRefused
from procedure.local_time import parse_last_time, parse_next_time
from procedure.outages.outage_entries import (
    OutageDeclared,
    OutageEnded,
    OutageLog,
    OutageNews,
    OutageNote,
    OutageRecord,
    OutageReviewed,
)

LONGEST_TITLE, LONGEST_TEXT, LONGEST_REVIEW = 300, 500, 4000
MINUTE = timedelta(minutes=1)
AROUND = timedelta(days=366)  # how far from now a time in ISO 8601 may be


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """When an action is taken (`now`, aware UTC), and by whom.

    `rules` defines the formats of patrons' identifiers, which are removed from people's texts.
    """

    now: datetime
    new_id: Callable[[], UUID]
    rules: ScanRules
    workstation: str = ""
    operator: str | None = None

    def entry(self) -> dict[str, Any]:
        """Return the values of the fields that every entry has, with a new id."""
        return {
            "id": self.new_id(),
            "at": self.now,
            "workstation": self.workstation,
            "operator": self.operator,
        }

    def text(self, written: str, longest: int = LONGEST_TEXT) -> str:
        """Return a person's text on one line, without identifiers.

        Raises:
            OutageRefused: the text has more than `longest` characters.
        """
        if len(written) > longest:
            raise OutageRefused("too_long", f"Write at most {longest} characters.")
        return redact_identifiers(written, self.rules)


def declare(
    log: OutageLog,
    title: str,
    occasion: Occasion,
    *,
    begun: str = "",
    lending: bool = True,
    message: str | Mapping[str, str] = "",
    news: str = "",
    planned: bool = False,
    suspected: str = "",
    anyway: bool = False,
) -> tuple[OutageDeclared | OutageNews, ...]:
    """Return the declaration, and the first message if it contains text.

    - `begun`: the start, as a person wrote it; an empty string means the current time.
    - `news`: the time of the next update, as a person wrote it; an empty string means none.
    - `suspected`: the diagnosis.
    - `anyway`: whether the outage may overlap another outage.

    Raises:
        OutageRefused: an outage has not ended yet, or a value is missing or cannot be recorded.
    """
    if log.current() is not None:
        raise OutageRefused(
            "declared_already",
            "An outage has already been declared: send a message about it, or end it first.",
        )
    words = occasion.text(title, LONGEST_TITLE)
    if not words:
        raise OutageRefused("title_missing", "Name the outage, for example: loans do not work.")
    at = _last_time(begun, occasion)
    # People write times to the minute, so an outage may begin in the minute in which another ended.
    other = log.declared_between(at + MINUTE, occasion.now)
    if other is not None and not anyway:
        name = occasion.text(other.declared.title, LONGEST_TITLE)
        why = f"The outage would overlap {name}: correct the start, or declare it anyway."
        raise OutageRefused("overlaps", why, name)
    declared = OutageDeclared(
        **occasion.entry(),
        title=words,
        begun=at,
        lending=lending,
        planned=planned,
        suspected=suspected,
        internal=True,
    )
    first = _news(declared.id, message, news, occasion, lending=lending)
    # Derive the id from the declaration's id, so that a repeated request creates the same entries.
    first = replace(first, id=uuid5(declared.id, OutageNews.KIND))
    return (declared, first) if first.message else (declared,)


def send_message(
    record: OutageRecord,
    message: str | Mapping[str, str],
    occasion: Occasion,
    *,
    news: str = "",
    lending: bool,
) -> OutageNews:
    """Return a message to every desk, with the time of the next update.

    The message is a string, or a string for each language. It may be empty if `lending` changes.

    Raises:
        OutageRefused: a text or time cannot be recorded, or the message would change nothing.
    """
    entry = _news(record.declared.id, message, news, occasion, lending=lending)
    if not entry.message and lending == record.lending:
        raise OutageRefused(
            "message_missing", "Write the message for the desks, or change whether they lend."
        )
    return entry


def take_note(
    record: OutageRecord, text: str, occasion: Occasion, contact: str | None = None
) -> OutageNote:
    """Return a note on an outage; with `contact`, the note says that the contact was reached.

    Raises:
        OutageRefused: the text is too long, or there is neither a text nor a contact.
    """
    note = OutageNote(
        **occasion.entry(), outage=record.declared.id, text=occasion.text(text), contact=contact
    )
    if contact is None and not note.text:
        raise OutageRefused("note_missing", "Write the note.")
    return note


def end(
    record: OutageRecord, occasion: Occasion, ended: str = "", *, anyway: bool = False
) -> OutageEnded:
    """Return the entry that ends an outage; `anyway` allows an end before the declaration.

    `ended` is the end, as a person wrote it; an empty string means the current time.

    Raises:
        OutageRefused: the time cannot be recorded.
    """
    at = _last_time(ended, occasion)
    if at < record.declared.begun:
        raise OutageRefused(
            "end_before_begin", "The end would be before the start: correct the time."
        )
    # People write times to the minute.
    if at < record.declared.at.replace(second=0, microsecond=0) and not anyway:
        raise OutageRefused(
            "ended_before_declared",
            "The outage was declared after this end time: correct the time, or record it anyway.",
        )
    return OutageEnded(**occasion.entry(), outage=record.declared.id, ended=at)


def review(
    record: OutageRecord,
    occasion: Occasion,
    *,
    happened: str | None = None,
    noticed: str | None = None,
    change: str | None = None,
) -> OutageReviewed:
    """Return the review of an outage: what happened, when it was noticed, what to change.

    If a text is None, the newest review's text is kept.

    Raises:
        OutageRefused: nothing differs from the newest review, or a text is too long.
    """
    before = record.review

    def text(name: str, given: str | None) -> str:
        return getattr(before, name, "") if given is None else _lines(given, occasion)

    after = OutageReviewed(
        **occasion.entry(),
        outage=record.declared.id,
        happened=text("happened", happened),
        noticed=text("noticed", noticed),
        change=text("change", change),
    )
    if _answers(after) == (_answers(before) if before else ("", "", "")):
        raise OutageRefused("review_unchanged", "Nothing was changed in the review.")
    return after


def open_outage(log: OutageLog) -> OutageRecord:
    """Return the outage that has not ended.

    Raises:
        OutageRefused: no outage has been declared, or all have ended.
    """
    record = log.current()
    if record is None:
        raise OutageRefused("none_stands", "No outage is declared: declare one first.")
    return record


def next_time(text: str, occasion: Occasion) -> datetime | None:
    """Parse a future time, or return None if the text is empty.

    Raises:
        OutageRefused: the text is not a future time.
    """
    return _instant(text, occasion, parse_next_time)


def _news(
    outage: UUID,
    message: str | Mapping[str, str],
    news: str,
    occasion: Occasion,
    *,
    lending: bool,
) -> OutageNews:
    due = next_time(news, occasion)
    given = {"": message} if isinstance(message, str) else message
    texts = {language: occasion.text(text) for language, text in given.items()}
    words = {language: text for language, text in texts.items() if text}
    return OutageNews(
        **occasion.entry(),
        outage=outage,
        message=next(iter(words.values()), ""),
        next_news=due,
        lending=lending,
        internal=True,
        words={} if isinstance(message, str) else words,
    )


def _answers(review: OutageReviewed) -> tuple[str, str, str]:
    return review.happened, review.noticed, review.change


def _lines(text: str, occasion: Occasion) -> str:
    """Return a person's multi-line text, without identifiers."""
    if len(text) > LONGEST_REVIEW:
        raise OutageRefused("review_too_long", f"Write at most {LONGEST_REVIEW} characters.")
    lines = [redact_identifiers(line, occasion.rules) for line in text.splitlines()]
    return "\n".join(lines).strip()


def _last_time(text: str, occasion: Occasion) -> datetime:
    return _instant(text, occasion, parse_last_time) or occasion.now


def _instant(
    text: str, occasion: Occasion, parse: Callable[[str, datetime], datetime | None]
) -> datetime | None:
    """Parse a time as people write it or in ISO 8601 with a zone; return None for empty text."""
    if not text.strip():
        return None
    now = occasion.now
    instant = _iso(text)
    if instant is None:
        instant = parse(text, now)
    elif abs(instant - now) > AROUND or (instant > now) is not (parse is parse_next_time):
        instant = None
    if instant is None:
        raise OutageRefused(
            "no_time",
            "Enter the time as 09:12, 24.11. 09:12 or 2026-11-24T09:12+01:00; start and end must "
            "not be in the future, but the next update must be.",
        )
    return instant


def _iso(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text.strip())
        return None if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None

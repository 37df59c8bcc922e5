"""A declared outage as JSON, for HTTP and for `relais outage status --json`."""

from datetime import UTC, datetime

from procedure.outages.outage_entries import OutageRecord, OutageReviewed


def outage_object(record: OutageRecord, now: datetime, language: str = "") -> dict[str, object]:
    """Return an outage as a JSON object, with times in UTC.

    `message` is the newest message that is not empty, in `language` if available, otherwise in the
    message's first language; `overdue` says whether the promised update is late.
    """
    declared, over, message = record.declared, record.over, record.message
    promised = None if over else record.next_news
    return {
        "id": str(declared.id),
        "title": declared.title,
        "planned": declared.planned,
        "begun": utc_text(declared.begun),
        "declared": utc_text(declared.at),
        "declared_by": declared.operator,
        "lending": record.lending,
        "message": message and message.text_in(language),
        "message_at": utc_text(message and message.at),
        "next_news": utc_text(promised),
        "overdue": promised is not None and promised <= now,
        "ended": utc_text(over and over.ended),
        "ended_by": over and over.operator,
        "withdrawn": utc_text(record.withdrawn and record.withdrawn.at),
        "withdrawn_by": record.withdrawn and record.withdrawn.operator,
        "review": record.review and _review_object(record.review),
    }


def _review_object(review: OutageReviewed) -> dict[str, object]:
    return {
        "happened": review.happened,
        "noticed": review.noticed,
        "change": review.change,
        "at": utc_text(review.at),
        "by": review.operator,
    }


def utc_text(at: datetime | None) -> str | None:
    """Return a time as ISO text in UTC, or None for None."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")

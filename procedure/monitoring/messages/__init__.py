"""Texts for outcomes in French and English: one table per language, the most specific row wins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from procedure.monitoring.login_pages import host_of
from procedure.monitoring.messages import en, fr
from procedure.monitoring.messages.message import EXPIRING, RESERVED, Key, Message
from procedure.monitoring.model import FailureCause, Outcome, Status

TABLES: Mapping[str, Mapping[Key, Message]] = {"fr": fr.TABLE, "en": en.TABLE}
NAMES: Mapping[str, Mapping[FailureCause, str]] = {"fr": fr.NAMES, "en": en.NAMES}


def describe(outcome: Outcome, language: str) -> Message:
    """Return the text for an outcome, in `fr` or `en`."""
    table = TABLES[language]
    row = next(table[key] for key in _keys(outcome) if key in table)
    values = _values(outcome)
    return Message(row.short.format(**values), row.sentence.format(**values))


def cause_name(cause: FailureCause, language: str) -> str:
    """Return a short name for a cause in `fr` or `en`, for use without an outcome."""
    return NAMES[language].get(cause) or TABLES[language][cause].short


def _keys(outcome: Outcome) -> Iterator[Key]:
    """Yield the keys that may apply, the most specific first; the last always exists."""
    if outcome.cause is not None and outcome.verdict is not Status.UNKNOWN:
        yield outcome.cause, outcome.detail.partition(";")[0]
        yield outcome.cause, outcome.http_status or 0
        if outcome.phase is not None:
            yield outcome.cause, outcome.phase
        yield outcome.cause
    elif outcome.verdict is Status.UP:
        if outcome.expires_soon:
            yield EXPIRING
        if outcome.reserved:
            yield RESERVED
    yield outcome.verdict


def _values(outcome: Outcome) -> dict[str, str | int]:
    left = outcome.expires - outcome.at if outcome.expires else None
    return {
        "host": host_of(outcome.final_url or outcome.url),
        "seconds": max(1, round((outcome.latency_ms or 0) / 1000)),
        "status": outcome.http_status or 0,
        "days": left.days if left else 0,
    }

"""Redacts an outage's record: removes patrons' identifiers from its texts."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

from procedure.circulation.redaction import redact_identifiers
from procedure.circulation.scan_rules import ScanRules
from procedure.journal import Act
from procedure.outages.outage_entries import OutageNews, OutageRecord

_A = TypeVar("_A", bound=Act)


def redacted(record: OutageRecord, rules: ScanRules) -> OutageRecord:
    line = partial(redact_identifiers, rules=rules)

    def lines(text: str) -> str:
        return "\n".join(map(line, text.splitlines()))

    taken_back = record.withdrawn
    return replace(
        record,
        withdrawn=taken_back and _hidden(taken_back, line, "reason"),
        declared=_hidden(record.declared, line, "title"),
        news=tuple(_hidden_news(news, line) for news in record.news),
        notes=tuple(_hidden(note, line, "text") for note in record.notes),
        reviews=tuple(
            _hidden(made, lines, "happened", "noticed", "change") for made in record.reviews
        ),
        leaders=tuple(_hidden(led, lines, "leader") for led in record.leaders),
        tasks=tuple(_hidden(task, lines, "text", "owner") for task in record.tasks),
    )


def _hidden_news(news: OutageNews, hide: Callable[[str], str]) -> OutageNews:
    words = {code: hide(text) for code, text in news.words.items()}
    return replace(_hidden(news, hide, "message"), words=words)


def _hidden(entry: _A, hide: Callable[[str], str], *names: str) -> _A:
    return replace(entry, **{name: hide(getattr(entry, name)) for name in names})

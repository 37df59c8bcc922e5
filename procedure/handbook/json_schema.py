"""JSON schemas of the handbook's files, made from the rules by which they are read.

An editor with taplo (Even Better TOML) offers the keys and marks what is wrong, from the line
`#:schema .schema/targets.json` at the top of a file. What needs several files, only `relais check`
sees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from procedure.guide.answer_meanings import ANSWER_MEANINGS
from procedure.handbook import contacts, feeds, library, meanings, neighbours, reader, scans, words
from procedure.handbook.fields import (
    Count,
    OneOf,
    TimeSpan,
    address,
    clock_time,
    day,
    flag,
    telephone,
    text,
    texts,
    weekdays,
)
from procedure.handbook.table_reader import KeyRule, Shape
from procedure.monitoring.meaning import Meaning

JsonSchema = dict[str, Any]
DIALECT = "http://json-schema.org/draft-07/schema#"  # taplo knows no newer one

_TEXT: JsonSchema = {"type": "string", "pattern": r"\S"}
_TEXTS: JsonSchema = {"type": "array", "items": _TEXT}
_MEANING: JsonSchema = {"enum": [meaning.value for meaning in Meaning]}
# A date of TOML reaches a validator of JSON as a text.
_READERS: Mapping[Callable[[object], Any], JsonSchema] = {
    text: _TEXT,
    texts: _TEXTS,
    flag: {"type": "boolean"},
    address: {"type": "string", "pattern": "^https?://[^ ]+$"},
    telephone: {"type": "string", "pattern": r"^\+[1-9][0-9]{6,14}$"},
    clock_time: {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
    day: {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    weekdays: {"type": "array", "items": {"enum": [1, 2, 3, 4, 5, 6, 7]}},
    contacts.closures: _TEXTS,
    meanings.meanings: {"anyOf": [_MEANING, {"type": "array", "items": _MEANING, "minItems": 1}]},
    meanings.absent: {"type": "array", "items": _MEANING},
    library.languages: {"type": "array", "items": {"type": "string"}, "minItems": 1},
    library.holiday_region: {"type": "string"},
    feeds.names: {**_TEXTS, "minItems": 1},
    neighbours.shared: {"anyOf": [_TEXTS, {"type": "object", "additionalProperties": _TEXT}]},
}


def schemas() -> dict[str, JsonSchema]:
    """Return the schema of each file by its name without suffix; `words` is any language's."""
    target = _table(reader.TARGET, feed=_table(feeds.FEED, keywords=_table(feeds.KEYWORDS)))
    return {
        "library": _titled("library.toml", _table(library.LIBRARY)),
        "steps": _titled("steps.toml", _sections(reader.STEP_RULE, _step(), start=_TEXT)),
        "targets": _titled(
            "targets.toml",
            _sections(reader.TARGET_KEY, target, without=_READERS[meanings.absent]),
        ),
        "contacts": _titled("contacts.toml", _contacts()),
        "desks": _titled("desks.toml", _sections(reader.DESK_CODE, _table(reader.DESK))),
        "scans": _titled(
            "scans.toml",
            _sections(
                scans.FORM_KEY,
                _table(scans.FORM),
                days=_value(scans.DAYS),
                shortest_item=_value(scans.SHORTEST),
            ),
        ),
        "neighbours": _titled(
            "neighbours.toml", _sections(neighbours.KEY, _table(neighbours.NEIGHBOUR))
        ),
        "words": _titled("words", _words()),
    }


def _step() -> JsonSchema:
    known = {"enum": sorted({meaning for rule in ANSWER_MEANINGS.values() for meaning in rule})}
    return _table(
        reader.STEP,
        answers=_keyed(reader.ANSWER_RULE, _TEXT),
        means=_keyed(reader.ANSWER_RULE, known),
    )


def _contacts() -> JsonSchema:
    telephones = {"type": "array", "items": _table(contacts.TELEPHONE)}
    contact = _table(contacts.CONTACT, telephones=telephones)
    return _sections(contacts.CONTACT_KEY, contact, closures=_READERS[contacts.closures])


def _words() -> JsonSchema:
    answer = _table(words.ANSWER)
    step = _table(words.STEP, answers=_every(answer), when_closed=answer)
    return _table(
        words.FILE,
        steps=_every(step),
        targets=_every(_table(words.TARGET)),
        contacts=_every(_table(words.CONTACT)),
        alma=_every(_table(words.ALMA)),
        system=_every(_table(words.ALMA)),
        settled=_every(_TEXT),
    )


def _titled(title: str, schema: JsonSchema) -> JsonSchema:
    return {"$schema": DIALECT, "title": f"{title} of a handbook of Relais", **schema}


def _table(shape: Shape, **nested: JsonSchema) -> JsonSchema:
    """Return the schema of a table; `nested` are those of the tables in it."""
    return {
        "type": "object",
        "properties": {
            name: nested[name] if name in nested else _value(field.read)
            for name, field in shape.items()
        },
        "required": [name for name, field in shape.items() if field.required],
        "additionalProperties": False,
    }


def _sections(rule: KeyRule, section: JsonSchema, **beside: JsonSchema) -> JsonSchema:
    """Return the schema of a file of such tables, with other keys beside them."""
    return {**_keyed(rule, section, beside), "properties": beside}


def _keyed(rule: KeyRule, value: JsonSchema, beside: Iterable[str] = ()) -> JsonSchema:
    others = f"(?!(?:{'|'.join(beside)})$)" if beside else ""
    pattern = f"^{others}(?:{rule.pattern.pattern})$"
    return {"type": "object", "patternProperties": {pattern: value}, "additionalProperties": False}


def _every(value: JsonSchema) -> JsonSchema:
    return {"type": "object", "additionalProperties": value}


def _value(read: Any) -> JsonSchema:
    match read:
        case OneOf(known):
            return {"enum": list(known)}
        case Count(least, most):
            return {"type": "integer", "minimum": least, "maximum": most}
        case TimeSpan():
            return {"type": "string", "pattern": "^[0-9]{1,6} ?(s|min|h)$"}
        case _:
            # A reader of its own takes a text, such as a regular expression or a time zone.
            return _READERS.get(read, _TEXT)

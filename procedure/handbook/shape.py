"""Schemas of the tables in a handbook: pydantic models generated from dataclasses."""

import re
from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from dataclasses import MISSING, fields
from functools import cached_property
from itertools import takewhile
from operator import attrgetter
from typing import Annotated, Any, cast, get_type_hints

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    ValidationError,
    ValidationInfo,
    create_model,
    model_validator,
)
from pydantic_core import ErrorDetails

from procedure.handbook.fields import Flag, Text, kind_of
from procedure.handbook.spelling import misspelt, suggest_known

Entries = dict[str, Any]  # the entries of a TOML table
# The types of values in the file, by the type of the dataclass's field; rules may override them.
_RULES: dict[object, object] = {
    str: Text,
    str | None: Text,
    bool: Flag,
    tuple[str, ...]: tuple[Text, ...],
}
# A validation context in which unknown keys are ignored.
_LENIENT = object()
_EXPECTED = {
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
}


class Shape:
    """The keys that a table may have, with the types of their values."""

    def __init__(
        self,
        made: type[Any] | None = None,
        *,
        beside: Collection[str] = (),
        needed: Collection[str] = (),
        **rules: Any,
    ) -> None:
        """Create a shape from the fields of a dataclass, except those in `beside`.

        `rules` gives the types of additional keys, and of fields whose type in `_RULES` is missing
        or unsuitable. Fields without a default value are required, and so are the keys in `needed`.
        """
        # In the order of the arguments: the fields of a keyword-only base come last.
        arguments = sorted(fields(made), key=attrgetter("kw_only")) if made else []
        own = [field for field in arguments if field.name not in beside]
        hints = get_type_hints(made) if made else {}
        self._made = made
        usual = {field.name: _RULES[hints[field.name]] for field in own if field.name not in rules}
        # In the order of `own`, for messages and documentation.
        self.rules: Entries = {field.name: None for field in own} | usual | rules
        self._needed = {*needed} | {
            field.name
            for field in own
            if field.default is MISSING and field.default_factory is MISSING
        }

    def read(self, value: object) -> tuple[Entries, list[ErrorDetails]]:
        """Return the valid entries of a table, and the errors in the invalid entries.

        A misspelt key is an error, but its value is returned under the correct key to avoid further
        errors.
        """
        try:
            return _entries(self.model.model_validate(value)), []
        except ValidationError as refusal:
            errors = refusal.errors(include_url=False)
        if not isinstance(value, dict):
            return {}, errors
        known = self.as_meant(cast("dict[str, object]", value))
        return self._valid_entries(deepcopy(known), errors), errors

    def as_meant(self, entries: Mapping[str, object]) -> dict[str, object]:
        """Return the entries with known keys, after correcting misspelt keys."""
        return _as_meant(self.rules, entries)

    @property
    def nested(self) -> Any:
        """The type of a nested table with this shape; the table is converted to the dataclass."""
        made: Any = self._made
        return Annotated[self.model, AfterValidator(lambda read: made(**_entries(read)))]

    @cached_property
    def model(self) -> type[BaseModel]:
        return self._model_with(self._needed)

    @cached_property
    def _lenient_model(self) -> type[BaseModel]:
        return self._model_with(())

    def _model_with(self, needed: Collection[str]) -> type[BaseModel]:
        keys: Any = {
            key: (rule, ... if key in needed else None) for key, rule in self.rules.items()
        }
        return create_model("Table", __base__=_Model, **keys)

    def _valid_entries(
        self, entries: dict[str, object], errors: Sequence[ErrorDetails]
    ) -> dict[str, object]:
        for error in errors:
            _remove(entries, error)
        try:
            return _entries(self._lenient_model.model_validate(entries, context=_LENIENT))
        except ValidationError as again:
            return self._valid_entries(entries, again.errors(include_url=False))


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _with_meant_keys(cls, value: object, info: ValidationInfo) -> object:
        if not isinstance(value, dict):
            return value
        entries, known = cast("dict[str, object]", value), cls.model_fields
        # The value of an unknown key is replaced by a hint, for the message.
        hints = {key: suggest_known(key, known) for key in entries if key not in known}
        return ({} if info.context is _LENIENT else hints) | _as_meant(known, entries)


def _entries(read: BaseModel) -> dict[str, object]:
    return {
        key: getattr(read, key) for key in type(read).model_fields if key in read.model_fields_set
    }


def _as_meant(known: Collection[str], entries: Mapping[str, object]) -> dict[str, object]:
    meant = misspelt(
        [key for key in entries if key not in known], [key for key in known if key not in entries]
    )
    right = {key: value for key, value in entries.items() if key in known}
    return right | {key: entries[wrong] for wrong, key in meant.items()}


def message(error: ErrorDetails) -> str:
    """Return the message of an error, for staff who edit the file."""
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "missing":
        return "missing; add it"
    if kind == "extra_forbidden":
        return f"unknown key; {value}"
    if kind in {"literal_error", "enum"}:
        known = re.findall("'(.+?)'", context["expected"])
        return f'"{value}" is not known here; {suggest_known(str(value), known)}'
    if kind in _EXPECTED:
        return f"must be {_EXPECTED[kind]}, not {kind_of(value)}"
    return str(context.get("error", error["msg"]))


def _remove(entries: dict[str, object], error: ErrorDetails) -> None:
    # A table that lacks an entry, or a list with an invalid entry, is dropped as a whole.
    way = list(takewhile(lambda part: isinstance(part, str) and part != "[key]", error["loc"]))
    if error["type"] == "missing" and len(way) == len(error["loc"]) > 1:
        way.pop()
    inner: Any = entries
    for part in way[:-1]:
        inner = inner.get(part, {})
    # If the path is not found, as for a misspelt key, drop the whole entry. Otherwise, the
    # recursion in `_valid_entries` would never end.
    if inner.pop(way[-1], None) is None:
        entries.pop(str(way[0]), None)

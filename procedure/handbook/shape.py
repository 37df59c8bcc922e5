"""The schema of a table in a handbook: a pydantic model made from a dataclass."""

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

Entries = dict[str, Any]  # the entries of a TOML table by key; valid once a `Shape` has read them
# The default rules of keys, by the type of their field.
_RULES: dict[object, object] = {
    str: Text,
    str | None: Text,
    bool: Flag,
    tuple[str, ...]: tuple[Text, ...],
}
# Ignores unknown keys: their faults are already known.
_LENIENT = object()
_EXPECTED = {
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
}


class Shape:
    """The keys that a table may have, and the valid values of each."""

    def __init__(
        self,
        made: type[Any] | None = None,
        *,
        beside: Collection[str] = (),
        needed: Collection[str] = (),
        **rules: Any,
    ) -> None:
        """Make a shape from the fields of a dataclass, except the fields `beside` the table.

        `rules` are types by key, for fields other than a text, a list of texts or a flag, and for
        additional keys. A field without a default is required, and so are the keys of `needed`.
        """
        # In the order of the arguments: its own fields before the fields of a keyword-only base.
        arguments = sorted(fields(made), key=attrgetter("kw_only")) if made else []
        own = [field for field in arguments if field.name not in beside]
        hints = get_type_hints(made) if made else {}
        self._made = made
        usual = {field.name: _RULES[hints[field.name]] for field in own if field.name not in rules}
        # In the order of `own`, which messages and documentation follow.
        self.rules: Entries = {field.name: None for field in own} | usual | rules
        self._needed = {*needed} | {
            field.name
            for field in own
            if field.default is MISSING and field.default_factory is MISSING
        }

    def read(self, value: object) -> tuple[Entries, list[ErrorDetails]]:
        """Return the valid entries by key, and the errors in the others.

        A misspelt key is an error but is read as the intended key; otherwise every use of the key
        would be a further error.
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
        """Return the entries with known keys, with misspelt keys replaced by the intended keys."""
        return _as_meant(self.rules, entries)

    @property
    def nested(self) -> Any:
        """The type of such a table within another table; it is read into the dataclass."""
        made: Any = self._made
        return Annotated[self.model, AfterValidator(lambda read: made(**_entries(read)))]

    @cached_property
    def model(self) -> type[BaseModel]:
        """The model of a table with all required keys."""
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
        # The hint replaces the value, which nobody needs in the message.
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
    """Return the error message, for somebody who edits the file."""
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "missing":
        return "missing; write it"
    if kind == "extra_forbidden":
        return f"unknown key; {value}"
    if kind in {"literal_error", "enum"}:
        known = re.findall("'(.+?)'", context["expected"])
        return f'"{value}" is not known here; {suggest_known(str(value), known)}'
    if kind in _EXPECTED:
        return f"must be {_EXPECTED[kind]}, not {kind_of(value)}"
    return str(context.get("error", error["msg"]))


def _remove(entries: dict[str, object], error: ErrorDetails) -> None:
    # A table that lacks an entry is dropped as a whole, as is a list with a wrong entry.
    way = list(takewhile(lambda part: isinstance(part, str) and part != "[key]", error["loc"]))
    if error["type"] == "missing" and len(way) == len(error["loc"]) > 1:
        way.pop()
    inner: Any = entries
    for part in way[:-1]:
        inner = inner.get(part, {})
    # If the path is not found, as for a misspelt key, everything is dropped, so that this ends.
    if inner.pop(way[-1], None) is None:
        entries.pop(str(way[0]), None)

"""Reading the tables of one handbook file against their shape, collecting every fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from re import Pattern
from typing import Any, cast

from procedure.errors import Fault
from procedure.handbook.fields import kind_of
from procedure.handbook.spelling import closest, misspelt, misspelt_key, suggest_known, to_ascii


@dataclass(frozen=True, slots=True)
class Field:
    """What a key of a table may contain; `read` returns its value or raises ValueError."""

    read: Callable[[object], Any]
    required: bool = False


Shape = Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class KeyRule:
    """What a key may look like, as a pattern and as a phrase for messages."""

    pattern: Pattern[str]
    description: str


@dataclass(slots=True)
class Page:
    """One file of the handbook being read, with the faults found in it so far.

    `content` is None when the file could not be read: its keys are then unknown, not absent.
    """

    file: str
    content: Mapping[str, object] | None
    faults: list[Fault] = field(default_factory=list[Fault])
    other_keys: tuple[str, ...] = ()
    meant_keys: dict[str, str] = field(default_factory=dict[str, str])

    def fault(self, key: str, message: str, *, fix: str | None = None) -> None:
        """Add a fault of this file."""
        self.faults.append(Fault(self.file, key, message, fix=fix))

    def is_valid(self, key: str) -> bool:
        """Return whether an entry, and everything in it, could be read.

        A key without a dot is a whole section; a fault in one of its entries does not count.
        """
        below = f"{key}." if "." in key else None
        return not any(
            fault.key == key or (below and fault.key.startswith(below)) for fault in self.faults
        )

    def is_complete(self, section: str) -> bool:
        """Return whether neither a section nor anything in it has a fault."""
        return not any(fault.key.split(".")[0] == section for fault in self.faults)

    def table(self, key: str, value: object, shape: Shape) -> dict[str, Any]:
        """Return the values of one table; invalid entries become faults and are left out."""
        if not isinstance(value, dict):
            self.fault(key, f"must be a table, not {kind_of(value)}")
            return {}
        entries = cast("dict[str, object]", value)
        unknown = [name for name in entries if name not in shape]
        for name in unknown:
            self.fault(_under(key, name), f"unknown key; {suggest_known(name, shape)}")
        meant = misspelt(unknown, [name for name in shape if name not in entries])
        # Read as what was meant: otherwise every use of the key would be a fault of its own.
        entries = entries | {name: entries[key] for key, name in meant.items()}
        values: dict[str, Any] = {}
        for name, entry in shape.items():
            self._entry(_under(key, name), entry, entries, name, values)
        return values

    def value(self, name: str, entry: Field, default: Any = None) -> Any:
        """Return the value of a key beside the sections; the default if invalid or absent."""
        content = self.content or {}
        plain = [key for key in content if not isinstance(content[key], dict)]
        meant = name if name in content else closest(name, plain, cutoff=0.75)
        given: dict[str, object] = {name: content[meant]} if meant else {}
        return self.table("", given, {name: entry}).get(name, default)

    def sections(
        self, rule: KeyRule, shape: Shape, *, other_keys: tuple[str, ...] = ()
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the key and values of each table of the file; misspelt keys are corrected.

        `other_keys` are keys of the file that are not such tables; they are skipped.
        """
        self.other_keys = other_keys
        if self._has_lost_entries(shape):
            return
        for key, value in (self.content or {}).items():
            if key in other_keys:
                continue
            if other_keys and kind_of(value) != "a table":
                self.fault(key, f"unknown key; {suggest_known(key, other_keys)}")
                continue
            self.check_key(key, key, rule)
            yield self._meant(key), self.table(key, value, shape)

    def _has_lost_entries(self, shape: Shape) -> bool:
        """Return whether entries stand above the first section; its keys are unknown then."""
        lost = [
            key
            for key, value in (self.content or {}).items()
            if key in shape and key not in self.other_keys and not isinstance(value, dict)
        ]
        if lost:
            self.fault(lost[0], "stands above the first [section]; put it below its own")
            self.content = None
        return bool(lost)

    @property
    def keys(self) -> tuple[str, ...] | None:
        """The keys of the file's sections, corrected if misspelt; None if it could not be read."""
        if self.content is None:
            return None
        return tuple(
            self._meant(key)
            for key, value in self.content.items()
            if key not in self.other_keys and not (self.other_keys and not isinstance(value, dict))
        )

    def check_key(self, place: str, key: str, rule: KeyRule) -> None:
        """Add a fault if the key is not valid."""
        message = misspelt_key(key, rule.pattern, rule.description)
        if message is not None:
            self.fault(place, message)

    def _meant(self, key: str) -> str:
        # References to the key use the right letters: correcting it avoids faults that only follow.
        if key in self.meant_keys:
            return self.meant_keys[key]
        plain = to_ascii(key)
        return plain if plain and plain not in (self.content or {}) else key

    def _entry(
        self,
        key: str,
        entry: Field,
        entries: Mapping[str, object],
        name: str,
        values: dict[str, Any],
    ) -> None:
        if name not in entries:
            if entry.required:
                self.fault(key, "missing; write it")
            return
        try:
            values[name] = entry.read(entries[name])
        except ValueError as fault:
            self.fault(key, str(fault))


def _under(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name

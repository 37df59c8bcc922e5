"""Reading the tables of one paper: what each entry must be, and every fault of it at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from re import Pattern
from typing import Any, cast

from procedure.errors import Fault
from procedure.handbook.fields import kind_of
from procedure.handbook.spelling import misspelt_key, nearest, to_ascii


@dataclass(frozen=True, slots=True)
class Field:
    """What one key of a table may hold: `read` gives its value, or a ValueError says why not."""

    read: Callable[[object], Any]
    required: bool = False


Shape = Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class KeyRule:
    """What a key is made of, as a pattern and in words."""

    pattern: Pattern[str]
    said: str


@dataclass(slots=True)
class Page:
    """One file of the papers while it is read, with the faults found in it so far.

    `content` is None when the file could not be read: its keys are then not known, which is
    different from its having none.
    """

    file: str
    content: Mapping[str, object] | None
    faults: list[Fault] = field(default_factory=list[Fault])
    besides: tuple[str, ...] = ()

    def fault(self, key: str, message: str) -> None:
        """Note a fault of this file."""
        self.faults.append(Fault(self.file, key, message))

    def sound(self, key: str) -> bool:
        """Tell whether an entry could be read, with everything in it.

        A key without a dot is a whole section: a fault in one entry does not spoil it.
        """
        below = f"{key}." if "." in key else None
        return not any(
            fault.key == key or (below and fault.key.startswith(below)) for fault in self.faults
        )

    def table(self, key: str, found: object, shape: Shape) -> dict[str, Any]:
        """Read one table; what cannot be used is a fault and is left out of the answer."""
        if not isinstance(found, dict):
            self.fault(key, f"must be a table, not {kind_of(found)}")
            return {}
        entries = cast("dict[str, object]", found)
        for name in entries:
            if name not in shape:
                self.fault(_under(key, name), f"unknown key; {nearest(name, shape)}")
        values: dict[str, Any] = {}
        for name, entry in shape.items():
            self._entry(_under(key, name), entry, entries, name, values)
        return values

    def sections(
        self, rule: KeyRule, shape: Shape, *, besides: tuple[str, ...] = ()
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Read the tables that the file is made of, each under its key, or the one that is meant.

        `besides` are keys of the file that are no such table; they are passed over.
        """
        self.besides = besides
        for key, found in (self.content or {}).items():
            if key in besides:
                continue
            if besides and isinstance(found, str):
                self.fault(key, f"unknown key; {nearest(key, besides)}")
                continue
            self.spell(key, key, rule)
            yield self._meant(key), self.table(key, found, shape)

    @property
    def keys(self) -> tuple[str, ...] | None:
        """The keys of the file's sections, as they are meant; None when it could not be read."""
        if self.content is None:
            return None
        return tuple(self._meant(key) for key in self.content if key not in self.besides)

    def spell(self, place: str, key: str, rule: KeyRule) -> None:
        """Note a key that cannot be one."""
        message = misspelt_key(key, rule.pattern, rule.said)
        if message is not None:
            self.fault(place, message)

    def _meant(self, key: str) -> str:
        # Whatever else speaks of it uses the right letters: one wrong key is then one fault.
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

"""A handbook file while it is being read: its sections, its keys, and the faults so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from procedure.errors import Fault
from procedure.handbook.shape import Entries, Shape, message
from procedure.handbook.spelling import KeyRule, to_ascii


@dataclass(frozen=True, slots=True)
class SectionedFile:
    """A file of sections: the rules for a section's key and table, and for the keys above them."""

    key: KeyRule
    section: Shape
    head: Shape = field(default_factory=Shape)


@dataclass(slots=True)
class Page:
    """One file of the handbook being read, with the faults found in it so far.

    `content` is None when the file could not be read: its keys are then unknown, not absent.
    """

    file: str
    content: Mapping[str, object] | None
    faults: list[Fault] = field(default_factory=list[Fault])
    meant_keys: dict[str, str] = field(default_factory=dict[str, str])
    _sections: tuple[str, ...] = ()

    def fault(
        self, key: str, message: str, *, fix: str | None = None, unless: Sequence[str] = ()
    ) -> None:
        """Add a fault in this file, unless it follows from a fault in one of these keys."""
        if all(map(self.is_valid, unless)):
            self.faults.append(Fault(self.file, key, message, fix=fix))

    def is_valid(self, key: str) -> bool:
        """Return whether an entry and everything in it could be read.

        A key without a dot is a whole section; a fault in one of its entries does not count.
        """
        below = (f"{key}.", f"{key}[") if "." in key else f"{key}["
        return not any(fault.key == key or fault.key.startswith(below) for fault in self.faults)

    def is_complete(self, section: str) -> bool:
        """Return whether neither a section nor anything in it has a fault."""
        return not any(fault.key.split(".")[0] == section for fault in self.faults)

    def read(self, layout: SectionedFile) -> tuple[Entries, dict[str, Entries]]:
        """Return the keys above the sections, and each section's entries; keys are corrected."""
        above, content = layout.head.rules, self.content or {}
        plain = {
            key: value
            for key, value in content.items()
            if key in above or not isinstance(value, dict)
        }
        lost = next((key for key in plain if key in layout.section.rules and key not in above), "")
        if lost:
            # The keys of the file are then unknown.
            self.fault(lost, "stands above the first [section]; put it below its own")
            self.content = None
        if self.content is None:
            return {}, {}
        self._sections = tuple(key for key in content if key not in plain)
        sections = dict[str, Entries]()
        for key in self._sections:
            if wrong := layout.key.fault(key):
                self.fault(key, wrong)
            sections[self._meant(key)] = self.table(key, content[key], layout.section)
        return self.table("", plain, layout.head), sections

    def table(self, place: str, value: object, table: Shape) -> Entries:
        """Return the valid entries of a table; the others become faults."""
        if value is None:
            return {}
        entries, errors = table.read(value)
        for error in errors:
            self.fault(_written(place, value, error["loc"]), message(error))
        return entries

    @property
    def keys(self) -> tuple[str, ...] | None:
        """The keys of the file's sections, corrected if misspelt; None if it could not be read."""
        return None if self.content is None else tuple(map(self._meant, self._sections))

    def _meant(self, key: str) -> str:
        # References use the right spelling: correcting the key avoids consequential faults.
        if key in self.meant_keys:
            return self.meant_keys[key]
        plain = to_ascii(key)
        return plain if plain and plain not in (self.content or {}) else key


def _written(place: str, value: object, location: Sequence[str | int]) -> str:
    """Return the path of an entry as shown, such as `front.telephones[1].shown`."""
    for part in location:
        if isinstance(part, str) and part != "[key]":
            place = f"{place}.{part}" if place else part
            value = cast("Entries", value).get(part) if isinstance(value, dict) else None
        elif isinstance(part, int) and isinstance(value, list):
            place, value = f"{place}[{part + 1}]", cast("list[object]", value)[part]
    return place
